import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wasm } from '@kshot/backend-wasm'
import {
  type AnyEncoder,
  cached,
  createClassifier,
  customEncoder,
  type Encoder,
  useBackend,
} from '@kshot/core'
import { imageEncoder } from '@kshot/image-encoder/node'
import { staticTextEncoder, textEncoder } from '@kshot/text-encoder'
import { memory, type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { drawing } from '../../../../packages/episodes/src/png.testing'
import type { Attack } from '../attack'
import { folderFor } from '../command'
import { damage } from '../damage'
import { inputs } from '../random'
import { type Fault, type Tally, tally, wrong } from '../tally'

/** An input, made when it is its turn. */
type Make = () => unknown

const text: fc.Arbitrary<Make> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((s) => () => s) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.string({ maxLength: 9 }), fc.constantFrom('\ud800', '\udfff', '\ufdfa', '\u0000'))
      .map(
        ([s, odd]) =>
          () =>
            `${s}${odd}${s}`,
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', 'ab ', '\u0300', '\ufdfa', '\u200b', '\u0007', '\u{1f600}', '\n'),
        fc.constantFrom(1, 100, 20_000, 1_000_000, 10_000_000),
      )
      .map(
        ([s, n]) =>
          () =>
            s.repeat(Math.ceil(n / s.length)),
      ),
  },
)

/** What is no input of any encoder, and what looks like one. */
const nothing: fc.Arbitrary<Make> = fc
  .constantFrom<unknown>(
    null,
    undefined,
    0,
    Number.NaN,
    true,
    1n,
    Symbol('x'),
    '',
    ' ',
    [],
    ['a'],
    {},
    Object.create(null),
    () => 'x',
    new Date(0),
    new Map(),
    new Uint8Array(),
    new ArrayBuffer(0),
    new Float32Array(3),
    { dataId: {}, shape: [1, 1, 3], dtype: 'int32' },
    { dataId: {}, shape: 3 },
    { length: 3 },
  )
  .map((value) => () => value)

/** Sides that pictures have and that they don't. */
const side = fc.constantFrom(0, 1, 2, 3, 17, 224, 1000)

const pictureTensor: fc.Arbitrary<Make> = fc.oneof(
  fc
    .record({
      shape: fc.oneof(
        fc.tuple(side, side, fc.constantFrom(1, 3, 3, 3, 4, 0)),
        fc.array(fc.constantFrom(0, 1, 2, 3, 9), { maxLength: 6 }),
      ),
      value: fc.constantFrom(0, 1, 0.5, 255, 256, -1, Number.NaN, Number.POSITIVE_INFINITY, 3.4e38),
      dtype: fc.constantFrom('float32', 'float32', 'int32', 'bool'),
    })
    .map(({ shape, value, dtype }) => () => {
      const size = (shape as number[]).reduce((product, n) => product * n, 1)
      const whole = Number.isFinite(value) ? Math.min(value, 2 ** 31 - 1) : 7
      const values = new Float32Array(size).fill(dtype === 'float32' ? value : whole)
      return tensor(values, [...shape], dtype as 'float32')
    }),
  fc.constant(() => {
    const gone = tensor(new Float32Array(27), [3, 3, 3])
    gone.dispose()
    return gone
  }),
  fc.constant(() => tensor(['a', 'b', 'c'], [1, 1, 3])),
)

function pictureFiles(folder: string): fc.Arbitrary<Make> {
  const fifo = join(folder, 'fifo.png')
  execFileSync('mkfifo', [fifo])
  const whole = new Uint8Array(drawing(3))
  const bytes = fc.oneof(
    damage.map(({ apply }) => apply(whole)),
    fc.constantFrom(...sizes.map(([w, h]) => withHeader(w, h))),
    fc.constantFrom(...Object.values(SVG).map((svg) => new Uint8Array(Buffer.from(svg)))),
    fc.uint8Array({ maxLength: 100 }),
  )
  const paths = [
    fifo,
    '/dev/zero',
    folder,
    '/nowhere.png',
    'x\0.png',
    'http://localhost/x.png',
    `${'x'.repeat(5000)}.png`,
  ]
  return fc.oneof(
    { weight: 3, arbitrary: bytes.map((b) => () => b) },
    { weight: 1, arbitrary: bytes.map((b) => () => new Blob([b as Uint8Array<ArrayBuffer>])) },
    {
      weight: 1,
      arbitrary: bytes.map((b) => () => {
        writeFileSync(join(folder, 'x.png'), b)
        return join(folder, 'x.png')
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom(...paths).map((path) => () => path) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('http://localhost/x', 'data:,x', 'file:///x')
        .map((url) => () => new URL(url)),
    },
  )
}

/** A drawing whose header says that it is larger. */
function withHeader(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(drawing(1))
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return bytes
}

const sizes = [
  [1, 1],
  [0, 0],
  [1, 100_000],
  [10_000, 10_000],
  [16_000, 16_000],
  [100_000, 100_000],
  [2 ** 31 - 1, 1],
  [800, 300_000],
] as const

const box = 'xmlns="http://www.w3.org/2000/svg"'
const doubled = (levels: number) =>
  Array.from(
    { length: levels },
    (_, i) => `<g id="g${i + 1}"><use href="#g${i}"/><use href="#g${i}"/></g>`,
  ).join('')
const SVG = {
  'a file': `<svg ${box} width="9" height="9"><image href="file:///etc/passwd"/></svg>`,
  huge: `<svg ${box} width="1000000000" height="10"/>`,
  'uses of uses': `<svg ${box} width="9" height="9"><defs><g id="g0"><path d="M0 0h1"/></g>${doubled(30)}</defs><use href="#g30"/></svg>`,
  entities: `<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]><svg ${box} width="9" height="9"><text>&j;</text></svg>`,
}

/** Rows of somebody's own function, which may be anything. */
const rows: fc.Arbitrary<(n: number) => unknown> = fc.constantFrom<(n: number) => unknown>(
  () => null,
  () => undefined,
  () => 3,
  () => 'xx',
  () => ({}),
  () => [],
  (n) => Array(n).fill(null),
  (n) => Array(n).fill([1]),
  (n) => Array(n).fill([Number.NaN, 1]),
  (n) => Array(n).fill(['a', 'b']),
  (n) => Array(n).fill('ab'),
  (n) => Array(n).fill([1e39, 0]),
  (n) => Array.from({ length: n }, () => [1n, 2n]),
  (n) => Array(n).fill({ length: 2 }),
  (n) => tensor(new Float32Array(2 * n), [2 * n]),
  (n) => tensor(new Float32Array(2 * n).fill(Number.NaN), [n, 2]),
  (n) => tensor(new Int32Array(2 * n), [n, 2], 'int32'),
  (n) => {
    const gone = tensor(new Float32Array(2 * n), [n, 2])
    gone.dispose()
    return gone
  },
  (n) => ({ dataId: {}, shape: [n, 2], rank: 2 }),
  (n) => [...Array(n).fill([1, 2]), [3, 4]],
)

/** Asks an encoder for one input, a list of it, or what is no list; and through a cache. */
const how = fc.constantFrom('alone', 'alone', 'among others', 'no list', 'cached', 'classified')

const GOOD = { texts: 'where is my parcel', pictures: new Uint8Array(drawing(2)) }

export const attack: Attack = {
  name: 'encoder inputs',
  promise:
    'an encoder refuses what it cannot read, alone or among others, and keeps nothing of it; what it returns is finite',
  attempts: { full: 4_000, short: 60 },
  // A few of the texts are 10 MB, and pictures go through a net of 0.4 billion multiplications.
  bound: { seconds: 4, mebibytes: 300 },
  async run(n) {
    await useBackend(wasm())
    const count = tally(this.bound)
    const folder = folderFor('encoders')
    const files = pictureFiles(folder)
    const encoders: readonly [string, AnyEncoder, unknown, fc.Arbitrary<Make>][] = [
      ['static text encoder', staticTextEncoder(), GOOD.texts, fc.oneof(text, text, nothing)],
      ['text encoder', textEncoder(), GOOD.texts, fc.oneof(text, text, nothing)],
      [
        'image encoder',
        imageEncoder(),
        GOOD.pictures,
        fc.oneof(files, files, pictureTensor, nothing),
      ],
    ]
    const each = Math.ceil(n / 4)
    for (const [name, encoder, good, of] of encoders) {
      await attackEncoder(count, name, encoder as Encoder<unknown>, good, of, each)
      encoder.dispose()
      // It frees its weights when they have been read.
      await Promise.resolve()
    }
    await attackCustom(count, each)
    return count.outcome()
  },
}

async function attackEncoder(
  count: Tally,
  name: string,
  encoder: Encoder<unknown>,
  good: unknown,
  of: fc.Arbitrary<Make>,
  n: number,
) {
  const through = cached(encoder)
  const classifier = await createClassifier({ encoder })
  for (const label of ['a', 'b']) await classifier.addExample(label, good)
  await classifier.predict(good)
  const right = await numbers(encoder, [good])
  let before = memory().numTensors
  for (const { make, way } of inputs(fc.record({ make: of, way: how }), n)) {
    const input = make()
    const held = input instanceof Object && 'dispose' in input && !(input as Tensor).isDisposed
    const act = async (): Promise<number[]> => {
      if (way === 'no list') return numbers(encoder, input as never)
      if (way === 'cached') return numbers(through, [input, good])
      if (way === 'among others') return numbers(encoder, [good, input])
      if (way === 'alone') return numbers(encoder, [input])
      const { confidence } = await classifier.predict(input)
      return [confidence]
    }
    const what = `${name}, ${way}, ${described(input)}`
    await count.attempt(what, act, finite)
    if (held) (input as Tensor).dispose()
    const left = memory().numTensors - before
    if (left !== 0) count.check(`${what}, tensors left`, wrong(String(left)))
    before = memory().numTensors
  }
  const after = await numbers(encoder, [good])
  count.check(
    `${name} afterwards`,
    after.join() === right.join() ? undefined : wrong('other numbers'),
  )
  classifier.dispose()
}

async function attackCustom(count: Tally, n: number) {
  for (const answer of inputs(rows, n)) {
    const encoder = customEncoder<string>({
      name: 'own',
      dimensions: 2,
      encode: (texts) => answer(texts.length) as Tensor2D,
    })
    const before = memory().numTensors
    await count.attempt('own function', () => numbers(encoder, ['a', 'b']), finite)
    const left = memory().numTensors - before
    if (left !== 0) count.check('own function, tensors left', wrong(String(left)))
  }
}

async function numbers<Input>(encoder: Encoder<Input>, list: readonly Input[]): Promise<number[]> {
  const embedded = await encoder.encode(list)
  try {
    return [...(await embedded.data())]
  } finally {
    embedded.dispose()
  }
}

function finite(values: readonly number[]): Fault | undefined {
  return values.every(Number.isFinite) ? undefined : wrong('numbers that are not finite')
}

/** What an input is, for a report. */
function described(input: unknown): string {
  if (typeof input === 'string') return `${JSON.stringify(input.slice(0, 40))} of ${input.length}`
  const kind = Object.prototype.toString.call(input).slice(8, -1)
  if (input instanceof Uint8Array)
    return `${input.length} bytes ${Buffer.from(input.subarray(0, 90)).toString('latin1')}`
  const { shape, dtype } = (input ?? {}) as { shape?: unknown; dtype?: unknown }
  return shape === undefined ? kind : `${kind} ${shape} of ${dtype}`
}
