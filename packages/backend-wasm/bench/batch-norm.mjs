// Batch norm by kernels of our own against what it is composed of, TensorFlow.js' kernels under it: forward,
// backward and the backward of the backward, ms (median). Reads dist: build first. `node bench/batch-norm.mjs`
import { setFlagsFromString } from 'node:v8'
import { enableGradients } from '@kshot/core/backend'
import { batchNormTrain } from '@kshot/core/nn'
import { engine, ones, randomNormal, tidy, zeros } from '@tensorflow/tfjs-core'

if (process.env.FMA) setFlagsFromString('--experimental-wasm-relaxed-simd')
const { wasm } = await import('../dist/index.js')
enableGradients()

const cases = [
  ...[28, 14, 7, 3].map((side) => ({ shape: [120, side, side, 64], pool: 2 })),
  ...[14, 7, 4, 2].flatMap((side) => [
    { shape: [5, side, side, 64] },
    { shape: [25, side, side, 64] },
  ]),
]

function median(f, ms = 300) {
  const times = []
  for (let i = 0, end = performance.now() + ms; i < 8 || performance.now() < end; i++) {
    const start = performance.now()
    tidy(() => void f())
    if (i >= 3) times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[times.length >> 1]
}

function measured({ shape, pool = 0 }) {
  const [x, u] = [randomNormal(shape), randomNormal(shape)]
  const [gamma, beta] = [ones([shape.at(-1)]), zeros([shape.at(-1)])]
  const inputs = [x, gamma, beta]
  const forward = () => batchNormTrain(x, gamma, beta, { epsilon: 1e-3, relu: true, pool }).y
  const dy = tidy(() => randomNormal(forward().shape))
  const slope = () => engine().gradients(forward, inputs, dy).grads[0]
  const times = [
    median(forward),
    median(() => engine().gradients(forward, inputs, dy)),
    median(() => engine().gradients(slope, [x, dy], u)),
  ]
  for (const t of [...inputs, u, dy]) t.dispose()
  return times
}

const name = ({ shape, pool }) => `${shape.join(' × ')}${pool ? ', max-pool' : ''}`
const runs = {}
for (const kernels of ['stock', 'fast']) {
  const { kernels: variant } = await wasm({ kernels }).activate()
  console.error(variant)
  runs[kernels] = cases.map(measured)
}
console.log('ReLU(batch norm): forward, + backward, + its backward; composed → own kernels, ms')
cases.forEach((c, i) => {
  const pairs = runs.stock[i].map((t, k) => `${t.toFixed(2)} → ${runs.fast[i][k].toFixed(2)}`)
  console.log(name(c).padEnd(28), ...pairs.map((pair) => pair.padStart(18)))
})
