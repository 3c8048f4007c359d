// Where the time of a case of the speed benchmark goes, by kernel: `node bench/profile.mjs [case] [runs]`.
// Reads dist of this package and of the benchmark: build first.
import { setFlagsFromString } from 'node:v8'
import { sequential } from '@kshot/core'
import { getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core'

if (process.env.FMA) setFlagsFromString('--experimental-wasm-relaxed-simd')
const [name = 'protonet-20w1s5q', runs = '10'] = process.argv.slice(2)
const { wasm } = await import('../dist/index.js')
const cases = new URL('../../../apps/bench/dist/speed/cases/', import.meta.url)
const speedCase = (await import(new URL(`${name}.js`, cases).href)).default

const { kernels } = await wasm({ kernels: process.env.KERNELS ?? 'fast' }).activate()
const spent = new Map()
let depth = 0

// time within a kernel that another one calls is the caller's
function timed(config) {
  const kernelFunc = (call) => {
    const start = performance.now()
    depth++
    try {
      return config.kernelFunc(call)
    } finally {
      depth--
      if (depth === 0) {
        const entry = spent.get(config.kernelName) ?? { ms: 0, calls: 0 }
        spent.set(config.kernelName, {
          ms: entry.ms + performance.now() - start,
          calls: entry.calls + 1,
        })
      }
    }
  }
  return { ...config, kernelFunc }
}

for (const config of getKernelsForBackend('wasm')) {
  unregisterKernel(config.kernelName, 'wasm')
  registerKernel(timed(config))
}
const prepared = speedCase.prepare(sequential(), speedCase.perRun(0))
for (let i = 0; i < 3; i++) await prepared.run()
spent.clear()
const cpu = process.cpuUsage()
const start = performance.now()
for (let i = 0; i < Number(runs); i++) await prepared.run()
const each = (performance.now() - start) / Number(runs) / speedCase.perRun(0)
const { user, system } = process.cpuUsage(cpu)
prepared.dispose()

const share = (ms) => ms / Number(runs) / speedCase.perRun(0)
const busy = share((user + system) / 1000)
console.log(
  `${name} on ${kernels}: ${each.toFixed(2)} ms each, ${busy.toFixed(2)} ms of processor time`,
)
let inKernels = 0
for (const [kernel, { ms, calls }] of [...spent].sort((a, b) => b[1].ms - a[1].ms)) {
  inKernels += share(ms)
  console.log(
    `${share(ms).toFixed(3).padStart(9)} ms ${String(share(calls)).padStart(7)} calls  ${kernel}`,
  )
}
console.log(`${(each - inKernels).toFixed(3).padStart(9)} ms outside of kernels`)
