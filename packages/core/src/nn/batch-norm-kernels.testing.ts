import {
  type KernelConfig,
  registerKernel,
  type TensorInfo,
  tensor,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import {
  BatchNormTrain,
  type BatchNormTrainAttrs,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
} from '../kernels'

type Columns = readonly (readonly number[])[]
type Values = { readonly [name: string]: Columns }

const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length
const dot = (a: readonly number[], b: readonly number[]) => mean(a.map((x, i) => x * b[i]!))

/** One channel, in float64: each derivative written out on its own, from x̂ and its mean values. */
function channel(v: { [name: string]: readonly number[] }, { epsilon, relu }: BatchNormTrainAttrs) {
  const { x = [], gamma: [gamma = 1] = [], beta: [beta = 0] = [] } = v
  const n = x.length
  const mu = mean(x)
  const variance = mean(x.map((a) => (a - mu) ** 2))
  const r = 1 / Math.sqrt(variance + epsilon)
  const hat = x.map((a) => (a - mu) * r)
  const y = hat.map((h) => gamma * h + beta)
  const open = y.map((a) => (relu && a <= 0 ? 0 : 1))
  const g = (v.dy ?? []).map((d, i) => d * open[i]!)
  // the derivative of x̂ in x applied to a vector; it is symmetric
  const J = (w: readonly number[]) => w.map((a, i) => r * (a - mean(w) - hat[i]! * dot(w, hat)))
  return {
    forward: () => [y.map((a, i) => a * open[i]!), [mu], [variance]],
    backward: () => [J(g).map((a) => gamma * a), [n * dot(g, hat)], [n * mean(g)]],
    twice() {
      const { ddx: u = [], ddgamma: [s = 0] = [], ddbeta: [t = 0] = [] } = v
      const Ju = J(u)
      const ddy = Ju.map((a, i) => open[i]! * (gamma * a + s * hat[i]! + t))
      // u · J(x̂(x)) g by the product rule: through r, and through both x̂ of J
      const k = n * (dot(u, g) - mean(u) * mean(g) - dot(u, hat) * dot(g, hat))
      const inner = u.map((a, i) => -r * (dot(g, hat) * a + dot(u, hat) * g[i]!))
      const throughHat = J(inner.map((a, i) => gamma * a + s * g[i]!))
      const dx = throughHat.map((a, i) => a - (gamma * k * r * r * hat[i]!) / n)
      return [ddy, dx, [r * k]]
    },
  }
}

function kernel(
  kernelName: string,
  outputs: (c: ReturnType<typeof channel>) => Columns,
): KernelConfig {
  return {
    kernelName,
    backendName: 'cpu',
    kernelFunc({ inputs, attrs, backend }) {
      const c = (inputs.x as TensorInfo).shape.at(-1)!
      const read = (info: TensorInfo) =>
        columns([...((backend as Reader).readSync(info.dataId) as Float32Array)], c)
      const values: Values = Object.fromEntries(
        Object.entries(inputs).map(([name, info]) => [name, read(info as TensorInfo)]),
      )
      const results = Array.from({ length: c }, (_, j) => {
        const own = Object.fromEntries(Object.entries(values).map(([k, v]) => [k, v[j]!]))
        return outputs(channel(own, attrs as BatchNormTrainAttrs))
      })
      return results[0]!.map((_, i) => {
        const made = results.map((outs) => outs[i]!)
        const shape = made[0]!.length === 1 ? [c] : (inputs.x as TensorInfo).shape
        return tensor(rows(made), shape)
      })
    },
  }
}

type Reader = { readSync(id: object): ArrayLike<number> }

const columns = (values: readonly number[], c: number): Columns =>
  Array.from({ length: c }, (_, j) => values.filter((_, i) => i % c === j))
const rows = (columns: Columns): number[] =>
  columns[0]!.flatMap((_, i) => columns.map((column) => column[i]!))

const configs = [
  kernel(BatchNormTrain, (c) => c.forward()),
  kernel(BatchNormTrainGrad, (c) => c.backward()),
  kernel(BatchNormTrainGradGrad, (c) => c.twice()),
]

/** Runs `f` on a cpu backend that has the three kernels of batch normalisation, without groups. */
export function withBatchNormKernels<T>(f: () => T, without?: string): T {
  const registered = configs.filter(({ kernelName }) => kernelName !== without)
  for (const config of registered) registerKernel(config)
  try {
    return f()
  } finally {
    for (const { kernelName } of registered) unregisterKernel(kernelName, 'cpu')
  }
}
