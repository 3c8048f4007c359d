import {
  cached,
  centroidHead,
  createClassifier,
  customEncoder,
  type Encoder,
  fromSpec,
  type Head,
  isKshotError,
  neighboursHead,
} from '@kshot/core'
import { encoderCard, encoderName, encoderSpec } from '../catalogue/encoders'
import { registry } from '../catalogue/registry'
import { embeddingStore, identified } from '../data/encoded-splits'
import { badUse, undecodable } from './errors'
import type { ItemClassifier } from './item-classifier'
import type { Input, Item, Support } from './support'

export const HEADS: { readonly [name: string]: () => Head } = {
  centroid: () => centroidHead(),
  neighbours: () => neighboursHead(),
}

/** What is used where nobody names one. */
const ENCODERS = { pictures: 'image-encoder', texts: 'text-encoder' } as const
const DEFAULT_HEAD = { pictures: 'centroid', texts: 'centroid', vectors: 'neighbours' } as const

export interface EncoderJob {
  readonly support: Support
  /** As `kshot ls encoders` names it. */
  readonly encoder: string | undefined
  /** Of {@link HEADS}. */
  readonly head: string | undefined
  readonly unknown: 'auto' | number | false
}

/**
 * A classifier that needs no training: the embeddings of an encoder, and a head; of vectors, their columns
 * standardised by the examples.
 * @throws `usage/classify` for an encoder that takes something else
 */
export async function classifierFromEncoder(job: EncoderJob): Promise<ItemClassifier> {
  const { support, unknown } = job
  const headName = job.head ?? DEFAULT_HEAD[support.kind]
  const { encoder, name, keep } = await encoderFor(job)
  const classifier = await createClassifier<Input>({ encoder, head: HEADS[headName]!(), unknown })
  const inputs = (items: readonly Item[]) => items.map(({ input }) => input)
  return {
    about: { ...(name !== undefined && { encoder: name }), head: headName, transductive: false },
    async add(label, items) {
      const ids = await orFaults(items, () => classifier.addExamples(label, inputs(items)), encoder)
      await keep()
      return ids
    },
    async predict(items) {
      const found = await orFaults(items, () => classifier.predictMany(inputs(items)), encoder)
      await keep()
      return found
    },
    check: () => classifier.check(),
    dispose() {
      classifier.dispose()
      encoder.dispose()
    },
  }
}

interface Chosen {
  readonly encoder: Encoder<Input>
  readonly name: string | undefined
  /** Writes the embeddings down for the next time. */
  keep(): Promise<void>
}

async function encoderFor({ support, encoder: wanted }: EncoderJob): Promise<Chosen> {
  const { kind } = support
  if (kind === 'vectors') {
    if (wanted !== undefined) throw takesOther(wanted, kind)
    return { encoder: standardiser(support), name: undefined, keep: async () => {} }
  }
  const spec = encoderSpec(wanted ?? ENCODERS[kind])
  if (encoderCard(spec)!.takes !== kind) throw takesOther(wanted!, kind)
  const encoder = await fromSpec<Encoder<Input>>(spec, 'encoder', registry)
  const store = embeddingStore(encoder, undefined)
  const keeping = cached(identified(encoder, true), store) as Encoder<Input>
  return { encoder: keeping, name: encoderName(spec), keep: () => store.flush!() }
}

function takesOther(name: string, kind: Support['kind']) {
  return badUse(
    `--encoder ${name} for ${kind}`,
    kind === 'vectors' ? 'no encoder: numbers are taken as they are' : `an encoder of ${kind}`,
    'Leave --encoder out, or see npx kshot ls encoders',
  )
}

/**
 * Columns in one unit each, as rows whose cosine says how near they are: heads compare by the cosine of
 * square roots, for which 2x would be x. So a column is added in which all are alike and far from 0, and
 * all are squared. On iris, leave-one-out, neighbours: 95.3 % right, without that column 88.7.
 */
function standardiser({ classes }: Support): Encoder<Input> {
  const rows = classes.flatMap(({ items }) => items.map(({ input }) => input as Float32Array))
  const d = rows[0]!.length
  const mean = new Float64Array(d)
  for (const row of rows) for (let j = 0; j < d; j++) mean[j]! += row[j]! / rows.length
  const variance = new Float64Array(d)
  for (const row of rows) {
    for (let j = 0; j < d; j++) variance[j]! += (row[j]! - mean[j]!) ** 2 / rows.length
  }
  const scale = variance.map((v) => (v > 0 ? 1 / Math.sqrt(v) : 0))
  const far = 2 * Math.sqrt(d)
  return customEncoder({
    name: 'standardised',
    dimensions: d + 1,
    encode: (inputs: readonly Input[]) =>
      inputs.map((row) => {
        const x = Float32Array.from(row as Float32Array, (v, j) => (v - mean[j]!) * scale[j]!)
        return [...x, far].map((v) => v * Math.abs(v))
      }),
  })
}

/** Where one picture can't be read, all of them are told that can't. */
async function orFaults<T>(
  items: readonly Item[],
  act: () => Promise<T>,
  encoder: Encoder<Input>,
): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!isKshotError(error, 'image-encoder/bad-picture')) throw error
    const faults: string[] = []
    for (const { input } of items) {
      await encoder.encode([input]).then(
        (rows) => rows.dispose(),
        (fault) => faults.push(isKshotError(fault) ? fault.got : String(fault)),
      )
    }
    throw undecodable(faults)
  }
}
