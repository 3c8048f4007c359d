// Milliseconds of an unrolled meta-step: node bench/meta-step.mjs [meta-batch] [runs]
// 100 steps of quadratic functions in windows of 20, first order; beside it: python bench/meta-step.py
import { wasm } from '@kshot/backend-wasm'
import { rng, sequential, tree, useBackend } from '@kshot/core'
import { linearMap, optimizerTraining, quadratics } from '@kshot/learned-optimizer'
import { vectorised } from '@kshot/vmap'

const [metaBatch = 8, runs = 10] = process.argv.slice(2).map(Number)
await useBackend(wasm())
const learner = optimizerTraining({ model: linearMap() })
const source = quadratics({ seed: 1 })
const meta = learner.init(rng(1), source.taskSpec)
const tasks = Array.from({ length: metaBatch }, (_, i) => source(i))
const ctx = { step: 0, phase: 'train', rng: rng(1) }

for (const executor of [sequential(), vectorised({ tasks: metaBatch % 8 === 0 ? metaBatch : 8 })]) {
  const times = []
  for (let i = 0; i < runs + 2; i++) {
    const started = performance.now()
    const found = await executor.metaGradient(learner, meta, tasks, ctx)
    await found.loss.data()
    times.push(performance.now() - started)
    tree.dispose(found)
  }
  const [median] = times
    .slice(2)
    .sort((a, b) => a - b)
    .slice(Math.floor(runs / 2))
  console.log(
    JSON.stringify({ peer: `kshot, ${executor.name}`, metaBatch, ms: Math.round(median) }),
  )
}
