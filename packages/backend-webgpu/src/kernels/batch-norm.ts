import {
  BatchNormTrain,
  type BatchNormTrainAttrs,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
} from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { type Columns, columnSums, eachChannel, eachNumber } from './columns'
import type { Call, Kernel, Kernels } from './kernel'

/**
 * Batch norm with the statistics of the batch (Ioffe & Szegedy 2015, algorithm 1), and its two derivatives; x̂ is
 * `hat`, γ `scale`, β `shift`, 1 / √(σ² + ε) `r`, the gradient behind the ReLU `g`.
 */
export const batchNorms: Kernels = {
  [BatchNormTrain]: ofSomething(forward, ['x', 'channels', 'channels']),
  [BatchNormTrainGrad]: ofSomething(backward, ['x', 'channels', 'channels']),
  [BatchNormTrainGradGrad]: ofSomething(twice, ['x', 'x', 'channels']),
}

/** A kernel that gives zeros of these shapes where x has no numbers: a GPU cannot bind memory of no bytes. */
function ofSomething(kernel: (call: Call) => TensorInfo[], shapes: readonly string[]): Kernel {
  return (call) => {
    const { shape } = call.inputs.x as TensorInfo
    if (util.sizeFromShape(shape) > 0) return kernel(call)
    const { channels } = read(call)
    return shapes.map((of) => {
      const size = of === 'x' ? shape : channels({}).shape
      const zeros = new Float32Array(util.sizeFromShape(size))
      return call.backend.makeTensorInfo(size, 'float32', zeros)
    })
  }
}

const STATISTICS = `
  let mu = mean[own]; let r = 1.0 / sqrt(variance[own] + uniforms.epsilon);
  let scale = gamma[group * uniforms.nextGamma + j]; let shift = beta[group * uniforms.nextBeta + j];`

/** The same, where a program of each channel put them first among its numbers. */
const PACKED = ['mu', 'r', 'scale', 'shift']

const GRADIENT = `
  let hat = (x[at] - mu) * r;
  let shut = uniforms.relu == 1 && scale * hat + shift <= 0.0;
  let g = select(dy[at], 0.0, shut);`

/** y = relu(γ x̂ + β), μ and σ². */
function forward(call: Call): TensorInfo[] {
  const { columns, like, channels } = read(call)
  const { x, gamma, beta } = call.inputs
  const share = 1 / columns.rows
  const mean = columnSums(columns, { key: 'mean', inputs: { x } }, ['x[at]'], share)
  const centred = { channel: 'let mu = mean[own];', number: 'let d = x[at] - mu;' }
  const around = { key: 'variance', inputs: { x, mean }, ...centred }
  const variance = columnSums(columns, around, ['d * d'], share)
  const inputs = { x, gamma, beta, mean, variance }
  const y = eachNumber(
    columns,
    { key: 'norm', inputs, channel: STATISTICS },
    `let y = scale * ((x[at] - mu) * r) + shift;
  result[at] = select(y, 0.0, uniforms.relu == 1 && y <= 0.0);`,
  )
  return [like(y), channels(mean), channels(variance)]
}

/** dx = γ r (g − ḡ − x̂ mean(g x̂)), dγ = Σ g x̂, dβ = Σ g. */
function backward(call: Call): TensorInfo[] {
  const { columns, like, channels } = read(call)
  const { dy, x, gamma, beta, mean, variance } = call.inputs
  const given = { gamma, beta, mean, variance }
  const sums = { inputs: { dy, x, ...given }, channel: STATISTICS, number: GRADIENT }
  const dgamma = columnSums(columns, { key: 'dgamma', ...sums }, ['g * hat'])
  const dbeta = columnSums(columns, { key: 'dbeta', ...sums }, ['g'])
  const channel = `${STATISTICS} let n = f32(uniforms.rows);`
  const factors = eachChannel(
    columns,
    { key: 'slopes', inputs: { ...given, dgamma, dbeta }, channel },
    [...PACKED, 'dbeta[own] / n', 'dgamma[own] / n'],
  )
  const dx = eachNumber(
    columns,
    {
      key: 'dx',
      inputs: { dy, x, factors },
      channel: unpacked([...PACKED, 'mg', 'mgh']),
      number: GRADIENT,
    },
    'result[at] = scale * r * (g - mg - hat * mgh);',
  )
  columns.backend.disposeData(factors.dataId)
  return [like(dx), channels(dgamma), channels(dbeta)]
}

/**
 * With u, s, t for ddx, ddγ, ddβ, J(w) = r (w − w̄ − x̂ mean(w x̂)), p = mean(u x̂), q = mean(g x̂), and
 * k = Σ u g − n ū ḡ − n p q: ddy = γ J(u) + s x̂ + t where the ReLU is open, dγ = r k, and
 * dx = J((s − γ r p) g − γ r q u) − γ k r² x̂ / n.
 */
function twice(call: Call): TensorInfo[] {
  const { columns, like, channels } = read(call)
  const { ddx, ddgamma, ddbeta, dy, x, gamma, beta, mean, variance } = call.inputs
  const given = { gamma, beta, mean, variance }
  const number = `${GRADIENT} let u = ddx[at];`
  const sums = columnSums(
    columns,
    { key: 'twice', inputs: { ddx, dy, x, ...given }, channel: STATISTICS, number },
    ['u', 'g', 'u * g', 'u * hat', 'g * hat'],
  )
  const factors = eachChannel(
    columns,
    {
      key: 'curves',
      inputs: { sums, ddgamma, ddbeta, ...given },
      channel: `${STATISTICS}${SOLVED}`,
    },
    [...PACKED, ...Object.values(CURVES)],
  )
  const dgamma = eachChannel(
    columns,
    { key: 'curve', inputs: { factors }, channel: unpacked(CURVED) },
    ['k'],
  )
  const flow = { inputs: { ddx, dy, x, factors }, channel: unpacked(CURVED), number }
  const ddy = eachNumber(
    columns,
    { key: 'ddy', ...flow },
    'result[at] = select(flowU * u + flowHat * hat + flow1, 0.0, shut);',
  )
  const dx = eachNumber(
    columns,
    { key: 'ddx', ...flow },
    'result[at] = backU * u + backG * g + backHat * hat + back1;',
  )
  for (const { dataId } of [sums, factors]) columns.backend.disposeData(dataId)
  return [like(ddy), like(dx), channels(dgamma)]
}

const SOLVED = `
  let n = f32(uniforms.rows); let c = uniforms.c; let sum = group * 5 * c + j;
  let mu1 = sums[sum] / n; let mg = sums[sum + c] / n;
  let p = sums[sum + 3 * c] / n; let q = sums[sum + 4 * c] / n;
  let k = sums[sum + 2 * c] - n * (mu1 * mg + p * q);
  let s = ddgamma[own]; let byG = s - scale * r * p; let byU = -scale * r * q;`

/** What ddy, dx and dγ are made of: factors of u, g and x̂, and what is added. */
const CURVES = {
  flowU: 'scale * r',
  flowHat: 's - scale * r * p',
  flow1: 'ddbeta[own] - scale * r * mu1',
  backU: 'r * byU',
  backG: 'r * byG',
  backHat: '-r * (byG * q + byU * p) - scale * k * r * r / n',
  back1: '-r * (byG * mg + byU * mu1)',
  k: 'r * k',
}
const CURVED = [...PACKED, ...Object.keys(CURVES)]

/** Reads what {@link eachChannel} wrote. */
function unpacked(names: readonly string[]): string {
  const at = (k: number) => `factors[(group * ${names.length} + ${k}) * uniforms.c + j]`
  return names.map((name, k) => `let ${name} = ${at(k)};`).join(' ')
}

function read({ inputs, attrs, backend }: Call) {
  const { groups, epsilon, relu } = attrs as BatchNormTrainAttrs
  const { x, gamma, beta } = inputs as { [name: string]: TensorInfo }
  const c = x!.shape.at(-1)!
  const next = ({ shape }: TensorInfo) => (util.sizeFromShape(shape) > c ? c : 0)
  const rows = util.sizeFromShape(x!.shape) / Math.max(groups * c, 1)
  const ints = { relu: relu ? 1 : 0, nextGamma: next(gamma!), nextBeta: next(beta!) }
  const columns: Columns = { backend, groups, rows, c, ints, floats: { epsilon } }
  return {
    columns,
    like: (y: TensorInfo) => ({ ...y, shape: x!.shape }),
    channels: <Y extends object>(y: Y) => ({ ...y, shape: groups > 1 ? [groups, c] : [c] }),
  }
}
