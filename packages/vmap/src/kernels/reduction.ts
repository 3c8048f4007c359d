import { storedAxes } from '../tasks-backend'
import { each, type Kernel, type Kernels } from './kernel'

const reduce: Kernel = (backend, { inputs: { x }, attrs, name }) => {
  const given = attrs.axis ?? attrs.reductionIndices
  const axes = storedAxes(given, x)
  if (axes.length === 0) return backend.reshaped(x, x.shape)
  const stored = backend.stored(x)
  const reduced = { ...attrs, axis: axes, reductionIndices: axes, keepDims: false }
  const shape = stored.shape.flatMap((n, axis) => {
    if (!axes.includes(axis)) return [n]
    return attrs.keepDims ? [1] : []
  })
  return backend.logical({ ...backend.run(name, { x: stored }, reduced), shape })
}

/** Along one axis, or the last ones. */
const along =
  (input: 'x' | 'logits', attr: 'axis' | 'dim'): Kernel =>
  (backend, { inputs, attrs, name }) => {
    const x = inputs[input]
    const [axis] = storedAxes(attrs[attr], x)
    const stored = { [input]: backend.stored(x) }
    return backend.logical(backend.run(name, stored, { ...attrs, [attr]: axis }))
  }

export const reductions: Kernels = {
  ...each(['Sum', 'Mean', 'Max', 'Min', 'Prod', 'All', 'Any'], reduce),
  ...each(['ArgMax', 'ArgMin', 'Cumsum', 'Cumprod'], along('x', 'axis')),
  Softmax: along('logits', 'dim'),
  LogSoftmax: along('logits', 'axis'),
  TopK: (backend, { inputs: { x }, attrs }) =>
    backend.runMany('TopK', { x: backend.stored(x) }, attrs).map((y) => backend.logical(y)),
}
