// Whether memory stays flat over 1,000 meta-steps, and whether threads give the bytes of one: node bench/long.mjs
// [steps] [backend], after a build.
import { adam, metaTrain, tree, useBackend } from '@kshot/core'
import { workers } from '@kshot/core/node'
import { linearMap, optimizerTraining, quadratics } from '@kshot/learned-optimizer'
import { vectorised } from '@kshot/vmap'
import { memory } from '@tensorflow/tfjs-core'

const [steps = '1000', name = 'wasm'] = process.argv.slice(2)
const backend = (await import(`@kshot/backend-${name}`))[name]()
await useBackend(backend)
const training = (steps, executor) =>
  metaTrain({
    learner: optimizerTraining({ model: linearMap(), units: 8, steps: 10, window: 5 }),
    optimizer: adam(1e-3),
    tasks: quadratics({ seed: 1, dimensions: 5 }),
    metaBatch: 16,
    steps,
    executor,
    onStep: ({ step }) => {
      if (step % Math.ceil(steps / 4) === 0 || step === 10) {
        const { numTensors, numBytes } = memory()
        const resident = Math.round(process.memoryUsage.rss() / 2 ** 20)
        console.log(
          `step ${step}: ${numTensors} tensors, ${numBytes} bytes, ${resident} MiB resident`,
        )
      }
    },
  })

await training(Number(steps), vectorised())

const spread = await workers({ count: 2, backend, executor: vectorised() })
const [one, two] = [await training(5, vectorised()), await training(5, spread)]
await spread.dispose()
const same = await tree.equal(one.meta.params, two.meta.params)
console.log(`two threads give ${same ? 'the same bytes' : 'other bytes'} after 5 meta-steps`)
if (!same) process.exitCode = 1
