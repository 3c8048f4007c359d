import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, createClassifier, decodeCheckpoint, loadMeta, tree } from '@kshot/core'
import { tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { buildLearner } from '../../src/catalogue/specs'
import { evaluateCheckpoint } from '../../src/running/evaluate-checkpoint'
import { run } from '../../src/running/run'
import { FILES } from '../../src/running/run-folder'
import { type ARun, aRun } from '../a-run'
import { type Attack, REFUSED } from '../attack'
import { folderFor, made } from '../command'
import { isSame } from '../damage'
import { hostileValue, mutation } from '../hostile-json'
import { inputs } from '../random'
import { type Fault, lost, tally, wrong } from '../tally'

interface Parts {
  /** With the metadata of safetensors. */
  readonly header: { readonly [name: string]: unknown }
  /** kshot's own document, which is a text in the metadata. */
  readonly document: unknown
  readonly data: Uint8Array
}

/** Somebody who knows the format has written something else, with a checksum that is right. */
const forgery = fc.oneof(
  {
    weight: 4,
    arbitrary: mutation.map(
      ({ apply }) =>
        (parts: Parts): Parts => ({ ...parts, document: apply(parts.document) }),
    ),
  },
  {
    weight: 3,
    arbitrary: mutation.map(
      ({ apply }) =>
        (parts: Parts): Parts => ({ ...parts, header: apply(parts.header) as Parts['header'] }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), hostileValue).map(
      ([where, shape]) =>
        (parts: Parts): Parts =>
          withEntry(parts, where, { shape }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom('I32', 'BOOL', 'F16', 'I8', 'F64', 'U8')).map(
      ([where, dtype]) =>
        (parts: Parts): Parts =>
          withEntry(parts, where, { dtype }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat().map(
      (where) =>
        (parts: Parts): Parts =>
          reshaped(parts, where),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.nat(),
          fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -3.4e38, 3.4e38, 1e30, 1e-45),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map(
        (all) =>
          (parts: Parts): Parts =>
            withNumbers(parts, all),
      ),
  },
)

function withEntry(parts: Parts, where: number, change: object): Parts {
  const names = Object.keys(parts.header).filter((name) => name !== '__metadata__')
  const name = names[where % names.length]!
  return {
    ...parts,
    header: { ...parts.header, [name]: { ...(parts.header[name] as object), ...change } },
  }
}

/** As many numbers in another shape. */
function reshaped(parts: Parts, where: number): Parts {
  const names = Object.keys(parts.header).filter((name) => name !== '__metadata__')
  const name = names[where % names.length]!
  const { shape } = parts.header[name] as { shape: number[] }
  const size = shape.reduce((product, n) => product * n, 1)
  const other = [[size], [1, ...shape], [...shape].reverse(), [...shape, 1]][where % 4]!
  return withEntry(parts, where, { shape: other })
}

function withNumbers(parts: Parts, all: readonly [number, number][]): Parts {
  const data = new Uint8Array(parts.data)
  const view = new DataView(data.buffer)
  for (const [where, value] of all) {
    view.setFloat32(4 * (where % Math.floor(data.length / 4)), value, true)
  }
  return { ...parts, data }
}

function taken(file: Uint8Array): Parts {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString())
  return { header, document: JSON.parse(header.__metadata__.kshot), data: file.slice(8 + length) }
}

const MARK = '"kshot.crc32":"'

function sealed({ header, document, data }: Parts): Uint8Array {
  const { __metadata__: metadata } = header as { __metadata__?: object }
  const isRecord = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
  const whole = isRecord
    ? { ...header, __metadata__: { ...metadata, kshot: JSON.stringify(document) } }
    : header
  const text = Buffer.from(JSON.stringify(whole) ?? '')
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, 0x20)])
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(padded.length))
  const file = Buffer.concat([prefix, padded, data])
  const at = file.indexOf(MARK)
  if (at < 0) return new Uint8Array(file)
  file.write('00000000', at + MARK.length)
  file.write(crc32(file).toString(16).padStart(8, '0'), at + MARK.length)
  return new Uint8Array(file)
}

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

    function of(file: keyof typeof FILES, forge: (parts: Parts) => Parts) {
      return sealed(forge(taken(source.bytes(file))))
    }

    /** Resumes a run, or tests a checkpoint, as the command line does. */
    async function goOn(i: number, forge: (parts: Parts) => Parts) {
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
