// Trains the weights that this package ships: node generator/train.mjs quadratics|mlp FOLDER
//
// Stages lengthen the unroll, each from the weights of the one before; validation problems choose among the
// weights of a stage. Goes on where it was stopped. `pack.mjs` writes the result into src/weights.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wasm } from '@kshot/backend-wasm'
import {
  adam,
  chain,
  clipByGlobalNorm,
  disposeTask,
  loadMeta,
  metaTrain,
  saveMeta,
  useBackend,
} from '@kshot/core'
import { descend, learnedOptimizer, optimizerTraining } from '@kshot/learned-optimizer'
import { vectorised } from '@kshot/vmap'
import { families } from './families.mjs'

const [name = 'quadratics', folder = 'runs'] = process.argv.slice(2)
const { model, options, train, stages, validation, measure } = await families[name]()
mkdirSync(folder, { recursive: true })
await useBackend(wasm())

const write = (file, bytes) => {
  writeFileSync(`${join(folder, file)}.new`, bytes)
  renameSync(`${join(folder, file)}.new`, join(folder, file))
}
const log = (line) => {
  console.log(line)
  writeFileSync(join(folder, 'log.jsonl'), `${JSON.stringify(line)}\n`, { flag: 'a' })
}

let from
for (const [i, { steps, rate, metaSteps, metaBatch }] of stages.entries()) {
  const learner = optimizerTraining({ ...options, model, steps })
  const file = `stage-${i}.safetensors`
  if (existsSync(join(folder, file))) {
    from = loadMeta(readFileSync(join(folder, file)), learner)
    continue
  }
  let best = Number.POSITIVE_INFINITY
  const started = performance.now()
  await metaTrain({
    learner,
    optimizer: chain(clipByGlobalNorm(10), adam(rate)),
    tasks: train(`train ${i}`),
    metaBatch,
    steps: metaSteps,
    seed: i,
    executor: vectorised(),
    ...(from && { from }),
    checkpoint: {
      every: 25,
      async write({ step, meta }) {
        const bytes = await saveMeta(learner.spec, meta)
        const score = await judged(bytes)
        const seconds = Math.round((performance.now() - started) / 1000)
        log({ stage: i, step, validation: score, seconds })
        if (!(score < best)) return
        best = score
        write('best.safetensors', bytes)
      },
    },
  })
  write(file, readFileSync(join(folder, 'best.safetensors')))
  from = loadMeta(readFileSync(join(folder, file)), learner)
}

/** The mean over validation problems of what is measured at the last step. */
async function judged(bytes) {
  const optimizer = learnedOptimizer.load(bytes)
  let sum = 0
  for (let i = 0; i < validation.count; i++) {
    const problem = await validation.tasks(i)
    const losses = await descend(optimizer, model, problem, validation.steps)
    disposeTask(problem)
    sum += measure(losses)
  }
  return sum / validation.count
}
