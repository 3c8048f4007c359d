// GFLOP/s of our kernels and of TensorFlow.js' own, case by case: `node bench/kernels.mjs [part of a name]`.
// Reads dist: build first. FMA=1 asks V8 of Node 20 for relaxed SIMD.
import { setFlagsFromString } from 'node:v8'
import { engine, randomNormal } from '@tensorflow/tfjs-core'
import { cases } from './cases.mjs'

if (process.env.FMA) setFlagsFromString('--experimental-wasm-relaxed-simd')
const { wasm } = await import('../dist/index.js')

/** Milliseconds of one call, the median of about half a second. */
function time(run) {
  for (let i = 0; i < 3; i++) run()
  const times = []
  const end = performance.now() + 400
  while (performance.now() < end || times.length < 5) {
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[times.length >> 1]
}

async function measure(choice, { kernel, inputs, attrs }) {
  const info = await wasm({ kernels: choice }).activate()
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [name, randomNormal(shape)]),
  )
  try {
    const once = () => [engine().runKernel(kernel, tensors, attrs)].flat().map((x) => x.dispose())
    return { ms: time(once), kernels: info.kernels }
  } catch (error) {
    if (process.env.DEBUG) console.error(error)
    return { ms: Number.NaN, kernels: info.kernels }
  } finally {
    for (const x of Object.values(tensors)) x.dispose()
  }
}

const wanted = process.argv[2] ?? ''
for (const c of cases.filter(({ name }) => name.includes(wanted))) {
  const cells = [c.name.padEnd(44)]
  for (const choice of ['stock', 'exact', 'fast']) {
    const { ms, kernels } = await measure(choice, c)
    const rate = c.flops
      ? `${(c.flops / ms / 1e6).toFixed(1)} GFLOP/s`
      : `${(c.bytes / ms / 1e6).toFixed(1)} GB/s`
    cells.push(`${kernels} ${ms.toFixed(3)} ms ${rate}`.padEnd(44))
  }
  console.log(cells.join(''))
}
