// Run by workers.test.ts from what is built, so that threads and this one run the same code:
// a line for each learner, backend and executor with whether threads gave the same bytes.
import { cpu } from '@kshot/backend-cpu'
import { wasm } from '@kshot/backend-wasm'
import { disposeTask, rng, sequential, tree, useBackend } from '@kshot/core'
import { workers } from '@kshot/core/node'
import { episodeScores } from '@kshot/core/training'
import { batches, episodes, pairs } from '@kshot/episodes'
import { glyphs } from '@kshot/glyphs'
import { vectorised } from '@kshot/vmap'
import { memory } from '@tensorflow/tfjs-core'
import { everyLearner } from './every-learner.mjs'

const runs = [
  [wasm(), sequential()],
  [wasm(), vectorised()],
  [cpu(), sequential()],
]
const data = await glyphs()
const source = episodes(data.train, { ways: 3, shots: 1, queries: 2, seed: 1 })
const own = {
  batches: batches(data.train, { size: 9, seed: 1 }),
  pairs: pairs(data.train, { size: 4, seed: 1 }),
}
const contextOf = (phase, i = 0) => ({ step: 3, rng: rng(3).split(i), phase })

for (const [backend, alone] of runs) {
  await useBackend(backend)
  const spread = await workers({ count: 2, backend, executor: alone })
  for (const [name, learner] of Object.entries(everyLearner)) {
    if (backend.name === 'cpu' && slowOnCpu(name, learner)) continue
    const before = memory().numTensors
    const verdict = await compare(learner, alone, spread)
    const left = memory().numTensors - before
    const row = { backend: backend.name, executor: spread.name, learner: name }
    console.log(JSON.stringify({ ...row, ...verdict, left }))
  }
  await spread.dispose()
}

/** Convolutions, and an LSTM over each weight: nine tenths of the time, in plain JavaScript. */
function slowOnCpu(name, { traits }) {
  return name === 'meta-lstm' || ['conv4', 'convMaps', 'finnNet'].includes(traits.net?.export)
}

async function compare(learner, alone, spread) {
  const training = own[learner.trainsOn] ?? source
  const meta = learner.init(rng(1), training.taskSpec)
  const tasks = []
  const drawn = []
  for (let i = 0; i < 9; i++) tasks.push(await source(i))
  for (let i = 0; i < 9; i++) drawn.push(await training(i))
  const ctx = contextOf('train')
  const expected = await alone.metaGradient(learner, meta, drawn, ctx)
  const actual = await spread.metaGradient(learner, meta, drawn, ctx)
  const contexts = tasks.map((_, i) => contextOf('test', i))
  const score = alone.scores ?? episodeScores
  const scores = await score(learner, meta, tasks, contexts)
  const same = await spread.scores(learner, meta, tasks, contexts)
  const verdict = {
    gradient: await tree.equal(actual, expected),
    scores: JSON.stringify(same) === JSON.stringify(scores),
  }
  disposeTask([meta, tasks, drawn, expected, actual])
  return verdict
}
