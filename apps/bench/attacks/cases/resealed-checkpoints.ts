import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClassifier, decodeCheckpoint, loadMeta, tree } from '@kshot/core'
import { tensor } from '@tensorflow/tfjs-core'
import { buildLearner } from '../../src/catalogue/specs'
import { evaluateCheckpoint } from '../../src/running/evaluate-checkpoint'
import { run } from '../../src/running/run'
import { FILES } from '../../src/running/run-folder'
import { type ARun, aRun } from '../a-run'
import { type Attack, REFUSED } from '../attack'
import { folderFor, made } from '../command'
import { isSame } from '../damage'
import { type Forge, forgery, sealed, taken } from '../forgery'
import { inputs } from '../random'
import { type Fault, lost, tally, wrong } from '../tally'

/** Of so many forgeries one goes through a run and a test, which take longer. */
const RUN_EVERY = 20

export const attack: Attack = {
  name: 'resealed checkpoints',
  promise:
    'a checkpoint with a right checksum and wrong insides is refused, or answers with finite numbers',
  attempts: { full: 5_000, short: 200 },
  bound: REFUSED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('resealed')
    const source = await aRun(made(folder, 'run'))
    const learner = await buildLearner(source.config)
    const meta = loadMeta(source.bytes('meta'), learner)
    const classifier = await createClassifier({ learner, meta })
    const x = tensor(new Float32Array(784).fill(0.5), [28, 28, 1])
    for (const label of ['a', 'b']) await classifier.addExample(label, x)
    const saved = await classifier.save()

    const decode = (bytes: Uint8Array) => tree.dispose(decodeCheckpoint(bytes).trees)
    const load = async (bytes: Uint8Array) => {
      const loaded = loadMeta(bytes, learner)
      try {
        const other = await createClassifier({ learner, meta: loaded })
        for (const label of ['a', 'b']) await other.addExample(label, x)
        return (await other.predict(x)).confidence
      } finally {
        tree.dispose({ ...loaded })
      }
    }
    const classify = async (bytes: Uint8Array) => {
      try {
        await classifier.load(bytes)
      } catch (error) {
        if (!isSame(await classifier.save(), saved)) throw new Error('its examples are gone')
        throw error
      }
      try {
        return (await classifier.predict(x)).confidence
      } finally {
        await classifier.load(saved)
      }
    }
    const finite = (value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value)
        ? wrong(`confidence ${value}`)
        : undefined

    let i = 0
    for (const forge of inputs(forgery, n)) {
      if (i % RUN_EVERY === RUN_EVERY - 1) await goOn(i, forge)
      else if (i % 3 === 0)
        await count.attempt(`decode ${i}`, () => decode(of('checkpoint', forge)))
      else if (i % 3 === 1)
        await count.attempt(`loadMeta ${i}`, () => load(of('meta', forge)), finite)
      else
        await count.attempt(`classifier ${i}`, () => classify(sealed(forge(taken(saved)))), finite)
      i++
    }
    return count.outcome()

    function of(file: keyof typeof FILES, forge: Forge) {
      return sealed(forge(taken(source.bytes(file))))
    }

    /** Resumes a run, or tests a checkpoint, as the command line does. */
    async function goOn(i: number, forge: Forge) {
      const isRun = (i + 1) % (2 * RUN_EVERY) === 0
      const place = made(folder, `of${i}`)
      const file = isRun ? FILES.checkpoint : FILES.meta
      writeFileSync(join(place, file), of(isRun ? 'checkpoint' : 'meta', forge))
      if (isRun) for (const name of [FILES.config, FILES.log]) copy(source, place, name)
      const act = isRun ? () => resumed(source, place) : () => tested(join(place, file))
      await count.attempt(`${isRun ? 'run --resume' : 'eval'} ${i}`, act, sound)
    }
  },
}

function copy(source: ARun, place: string, name: string) {
  const key = Object.keys(FILES).find((k) => FILES[k as keyof typeof FILES] === name)
  writeFileSync(join(place, name), source.bytes(key as keyof typeof FILES))
}

const on = { note: () => {} } as never
const { signal } = new AbortController()

const resumed = ({ config }: ARun, folder: string) =>
  run({ config, folder, resume: true, data: undefined, signal, on })

const tested = (checkpoint: string) =>
  evaluateCheckpoint({ checkpoint, overrides: {}, data: undefined, signal, on })

function sound({ test }: Awaited<ReturnType<typeof tested>>): Fault | undefined {
  const { accuracy } = test as { accuracy: number }
  return Number.isFinite(accuracy) ? undefined : lost(`accuracy ${accuracy}`)
}
