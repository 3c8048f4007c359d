import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClassifier, decodeCheckpoint, loadMeta, tree } from '@kshot/core'
import { tensor } from '@tensorflow/tfjs-core'
import { buildLearner } from '../../src/catalogue/specs'
import { readMeta } from '../../src/running/meta-file'
import { readTraining } from '../../src/running/training-file'
import { aRun } from '../a-run'
import { type Attack, REFUSED } from '../attack'
import { folderFor, made } from '../command'
import { damage, isSame } from '../damage'
import { inputs } from '../random'
import { refuse, tally } from '../tally'

/** Every way to read a checkpoint, in turn; of those that read a file, fewer. */
export const attack: Attack = {
  name: 'mutated checkpoints',
  promise: 'a damaged checkpoint or saved classifier is refused, and nothing of it is kept',
  attempts: { full: 100_000, short: 1_500 },
  bound: REFUSED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('mutated')
    const source = await aRun(made(folder, 'run'))
    const learner = await buildLearner(source.config)
    const meta = loadMeta(source.bytes('meta'), learner)
    const classifier = await createClassifier({ learner, meta })
    for (const [i, label] of ['a', 'b'].entries()) {
      await classifier.addExample(label, tensor(new Float32Array(784).fill(i), [28, 28, 1]))
    }
    const saved = await classifier.save()
    const file = join(folder, 'x.safetensors')
    const written = (bytes: Uint8Array) => {
      writeFileSync(file, bytes)
      return file
    }
    const decoded = (bytes: Uint8Array) => tree.dispose(decodeCheckpoint(bytes).trees)
    const ways: readonly [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
      ['decodeCheckpoint', source.bytes('checkpoint'), decoded],
      ['loadMeta', source.bytes('meta'), (bytes) => loadMeta(bytes, learner)],
      ['classifier.load', saved, (bytes) => classifier.load(bytes)],
      ['decodeCheckpoint', source.bytes('meta'), decoded],
      ['loadMeta', source.bytes('meta'), (bytes) => loadMeta(bytes, learner)],
      ['classifier.load', saved, (bytes) => classifier.load(bytes)],
      ['readMeta', source.bytes('meta'), (bytes) => readMeta(written(bytes))],
      [
        'readTraining',
        source.bytes('checkpoint'),
        (bytes) => readTraining(written(bytes), learner, source.config),
      ],
    ]
    let i = 0
    for (const { kind, apply } of inputs(damage, n)) {
      const [way, whole, read] = ways[i++ % ways.length]!
      const bytes = apply(whole)
      if (isSame(bytes, whole)) count.check(`${kind}, ${way}: nothing changed`, undefined)
      else await count.attempt(`${kind}, ${way}`, () => read(bytes), refuse)
    }
    await count.attempt(
      'the classifier afterwards',
      () => classifier.save(),
      (after) => (isSame(after, saved) ? undefined : { kind: 'lost', what: 'its examples' }),
    )
    return count.outcome()
  },
}
