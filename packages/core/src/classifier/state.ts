import { recordedFor, unrecorded } from '../program/recorded'
import { rng } from '../random'
import { onBackend } from '../use-backend'
import { centroidHead } from './centroid-head'
import { type Check, checkOf } from './check'
import { asTensors, byEncoder, type Embed, type Encoded } from './embed'
import { isDisposed, nothingToAsk, nothingToDecideBy } from './errors'
import {
  checkShape,
  type Example,
  type ExampleId,
  type Examples,
  noExamples,
  withExamples,
} from './examples'
import type { Head } from './head'
import type { Label } from './label'
import { learnedHead } from './learned-head'
import type { AddOptions, ClassifierOptions } from './options'
import { type Prediction, predictionOf } from './prediction'
import { type Reader, reader } from './reader'
import { decodeSaved, encodeSaved, type Identity } from './saved'
import type { ByteStore } from './store'

/** What a classifier holds. Its examples are replaced as a whole, so a call keeps those that it has read. */
export interface State<Input> {
  readonly reader: Reader
  readonly embed: Embed<Input>
  readonly identity: Identity
  readonly prior: NonNullable<ClassifierOptions<Input>['prior']>
  examples: Examples
  nextId: ExampleId
  disposed: boolean
}

export function initialState<Input>(options: ClassifierOptions<Input>): State<Input> {
  const { backend, unknown = 'auto', prior = 'uniform' } = options
  const head = headOf(options)
  const state: State<Input> = {
    reader: reader(head, unknown, (f) => (backend ? onBackend(backend.name, f) : f())),
    embed: embedOf(options, () => state.examples.shape),
    identity: identityOf(options, head),
    prior,
    examples: noExamples,
    nextId: 0,
    disposed: false,
  }
  return state
}

export async function encode<Input>(
  state: State<Input>,
  inputs: readonly Input[],
): Promise<Encoded[]> {
  checkAlive(state)
  const encoded = await state.embed(inputs)
  checkAlive(state)
  return encoded
}

export async function add<Input>(
  state: State<Input>,
  label: Label,
  inputs: readonly Input[],
  { thumbnail }: AddOptions = {},
): Promise<ExampleId[]> {
  // Before anything is encoded: a wrong label should cost nothing.
  checkAlive(state)
  withExamples(state.examples, label, [], [])
  const encoded = await encode(state, inputs)
  const added = encoded.map(({ values }, i): Example => {
    const example = { id: state.nextId + i, values }
    return thumbnail ? { ...example, thumbnail: thumbnail.slice() } : example
  })
  const shapes = encoded.map(({ shape }) => shape)
  state.examples = withExamples(state.examples, label, shapes, added)
  state.nextId += added.length
  return added.map(({ id }) => id)
}

export async function predict<Input>(
  state: State<Input>,
  inputs: readonly Input[],
): Promise<Prediction[]> {
  checkAlive(state)
  checkWays(state.examples)
  const encoded = await encode(state, inputs)
  const { examples } = state
  checkWays(examples)
  for (const { shape } of encoded) checkShape(shape, examples.shape)
  const labels = [...examples.byLabel.keys()]
  const weights = [...examples.byLabel.values()].map((list) =>
    state.prior === 'examples' ? list.length : 1,
  )
  const { rows, familiarity, calibration } = await state.reader.read(examples, encoded)
  return rows.map((scores, i) =>
    predictionOf(scores, labels, familiarity[i]!, calibration, weights),
  )
}

export async function similarity<Input>(state: State<Input>, a: Input, b: Input): Promise<number> {
  const [x, y] = await encode(state, [a, b])
  checkShape(y!.shape, x!.shape)
  return cosine(x!.values, y!.values)
}

export async function check<Input>(state: State<Input>): Promise<Check> {
  checkAlive(state)
  const { examples } = state
  checkWays(examples)
  return checkOf(examples, await state.reader.heldOut(examples))
}

export async function save<Input>(
  state: State<Input>,
  store: ByteStore | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  checkAlive(state)
  const bytes = await encodeSaved(state.identity, state)
  await store?.write(bytes)
  return bytes
}

export async function load<Input>(
  state: State<Input>,
  saved: Uint8Array | ArrayBuffer | ByteStore,
): Promise<void> {
  checkAlive(state)
  const bytes = isStore(saved) ? await saved.read() : saved
  const loaded = decodeSaved(bytes, state.identity)
  checkAlive(state)
  state.examples = loaded.examples
  state.nextId = Math.max(state.nextId, loaded.nextId)
}

export function dispose<Input>(state: State<Input>): void {
  state.disposed = true
  state.examples = noExamples
  state.reader.dispose()
}

function checkAlive<Input>({ disposed }: State<Input>): void {
  if (disposed) throw isDisposed()
}

function checkWays({ byLabel }: Examples): void {
  if (byLabel.size < 2) throw nothingToAsk(byLabel.size)
}

function headOf<Input>(options: ClassifierOptions<Input>): Head {
  const { encoder, head, learner, meta, program = true, seed = 0 } = options
  if (learner && meta) {
    const ctx = { step: 0, rng: rng(seed), phase: 'test' } as const
    const learned = learnedHead(learner, meta, ctx, program ? recordedFor(learner) : unrecorded)
    // Embeddings of an encoder can be compared as they are, also with one example per class.
    return encoder ? { ...learned, guard: centroidHead() } : learned
  }
  if (encoder || head) return head ?? centroidHead()
  throw nothingToDecideBy()
}

function embedOf<Input>(
  { encoder }: ClassifierOptions<Input>,
  shapeOf: () => readonly number[] | undefined,
): Embed<Input> {
  return encoder ? byEncoder(encoder) : (asTensors(shapeOf) as unknown as Embed<Input>) // Input is Tensor then
}

function identityOf<Input>({ encoder }: ClassifierOptions<Input>, head: Head): Identity {
  const saved = encoder ? { spec: encoder.spec, version: encoder.version } : null
  return { encoder: saved, head: head.spec }
}

function isStore(saved: Uint8Array | ArrayBuffer | ByteStore): saved is ByteStore {
  return typeof saved === 'object' && saved !== null && 'read' in saved
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! ** 2
    bb += b[i]! ** 2
  }
  return ab / Math.max(Math.sqrt(aa * bb), 1e-12)
}
