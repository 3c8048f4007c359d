import { checkSameSpec, decodeCheckpoint, encodeCheckpoint } from '../checkpoint'
import { damaged } from '../checkpoint/damaged'
import { KshotError } from '../errors'
import type { Json, Spec } from '../spec'
import * as tree from '../tree'
import type { Example, ExampleId, Examples } from './examples'
import { stacked } from './head'
import { isLabel, type Label } from './label'

/** What stands behind the examples: they mean something to it alone. */
export interface Identity {
  /** The encoder with its version; null where examples are tensors as they are. */
  readonly encoder: { readonly spec: Spec; readonly version: string } | null
  /** The learner or head. */
  readonly head: Spec
}

/** What comes out of a saved classifier. */
export interface Saved {
  readonly examples: Examples
  /** Larger than the id of any example. */
  readonly nextId: ExampleId
}

/** A type, since an interface would be no {@link Json}. */
type Document = {
  readonly kind: 'classifier'
  readonly encoder: Identity['encoder']
  readonly head: Spec
  readonly nextId: number
  readonly classes: readonly { readonly label: Label; readonly ids: readonly number[] }[]
  /** Base64, by the id of the example. */
  readonly thumbnails: { readonly [id: string]: string }
}

/** Examples as the bytes of a safetensors file: one tensor, `[n, ...shape]`, class after class. */
export async function encodeSaved(
  identity: Identity,
  { examples, nextId }: Saved,
): Promise<Uint8Array<ArrayBuffer>> {
  const entries = [...examples.byLabel]
  const all = entries.flatMap(([, list]) => list)
  const document: Document = {
    kind: 'classifier',
    ...identity,
    nextId,
    classes: entries.map(([label, list]) => ({ label, ids: list.map(({ id }) => id) })),
    thumbnails: Object.fromEntries(
      all.flatMap(({ id, thumbnail }) => (thumbnail ? [[id, toBase64(thumbnail)]] : [])),
    ),
  }
  const x = stacked(all, examples.shape ?? [0])
  try {
    return await encodeCheckpoint({ trees: { x }, json: document })
  } finally {
    x.dispose()
  }
}

/**
 * Reads what {@link encodeSaved} wrote, and checks all of it.
 * @throws `checkpoint/other-model` where another encoder or learner saved it; `checkpoint/damaged`
 */
export function decodeSaved(bytes: Uint8Array | ArrayBuffer, identity: Identity): Saved {
  const { trees, json } = decodeCheckpoint(bytes)
  try {
    const document = checkedDocument(json)
    checkIdentity(document, identity)
    return { examples: examplesOf(document, trees.x), nextId: document.nextId }
  } finally {
    tree.dispose(trees)
  }
}

function checkIdentity({ encoder, head }: Document, identity: Identity): void {
  if ((encoder === null) !== (identity.encoder === null)) {
    throw otherEncoder(encoder?.spec.export ?? 'no encoder', identity.encoder?.spec.export)
  }
  if (encoder && identity.encoder) {
    checkSameSpec(encoder.spec, identity.encoder.spec)
    const [saved, mine] = [encoder.version, identity.encoder.version]
    if (saved !== mine) {
      const { export: name } = encoder.spec
      throw otherEncoder(`${name}, version ${saved}`, `${name}, version ${mine}`)
    }
  }
  checkSameSpec(head, identity.head)
}

function otherEncoder(got: string, expected = 'no encoder'): KshotError {
  return new KshotError('checkpoint/other-model', {
    got: `a classifier saved with ${got}`,
    expected,
    remedy: 'Load it with the encoder that saved it, or add the examples again',
  })
}

function checkedDocument(json: Json): Document {
  const { kind, encoder, head, nextId, classes, thumbnails } = (json ?? {}) as Partial<Document>
  if (kind !== 'classifier') {
    throw new KshotError('checkpoint/other-model', {
      got: `a checkpoint of kind ${JSON.stringify(kind)?.slice(0, 40) ?? 'unknown'}`,
      expected: "one of kind 'classifier', as classifier.save() writes it",
      remedy: 'Load it with the code that wrote it',
    })
  }
  check(isSpec(head), 'head')
  check(
    encoder === null || (isRecord(encoder) && isSpec(encoder.spec) && isText(encoder.version)),
    'encoder',
  )
  check(Array.isArray(classes) && classes.every(isClass), 'classes')
  check(isRecord(thumbnails) && Object.values(thumbnails).every(isText), 'thumbnails')
  const labels = classes!.map(({ label }) => label)
  check(new Set(labels).size === labels.length, 'a label twice')
  check(new Set(labels.map((label) => typeof label)).size <= 1, 'labels of two kinds')
  const ids = classes!.flatMap((one) => one.ids)
  check(new Set(ids).size === ids.length, 'an id twice')
  check(isId(nextId) && ids.every((id) => isId(id) && id < nextId), 'ids')
  return json as Document
}

function isClass(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { label, ids } = value
  return isLabel(label) && Array.isArray(ids) && ids.length > 0
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSpec(value: unknown): boolean {
  return isRecord(value) && isText(value.package) && isText(value.export) && isRecord(value.options)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function check(right: boolean, what: string): void {
  if (!right) throw damaged(`${what} of a saved classifier`, 'what classifier.save() writes')
}

function examplesOf({ classes, thumbnails }: Document, x: tree.Params | undefined): Examples {
  if (!tree.isTensor(x) || x.dtype !== 'float32' || x.rank < 1) {
    throw damaged('no examples in a saved classifier', 'a float32 tensor, [n, ...shape]')
  }
  const [n, ...shape] = x.shape as [number, ...number[]]
  const total = classes.reduce((sum, { ids }) => sum + ids.length, 0)
  check(n === total, `${total} ids for ${n} examples`)
  if (n === 0) return { shape: undefined, byLabel: new Map() }
  const values = x.dataSync<'float32'>()
  check(values.every(Number.isFinite), 'numbers that are not finite')
  const size = values.length / n
  let row = 0
  const byLabel = new Map<Label, Example[]>()
  for (const { label, ids } of classes) {
    const list = ids.map((id) => {
      const start = size * row++
      const picture = Object.hasOwn(thumbnails, id) ? fromBase64(thumbnails[id]!) : undefined
      const example = { id, values: values.slice(start, start + size) }
      return picture ? { ...example, thumbnail: picture } : example
    })
    byLabel.set(label, list)
  }
  return { shape, byLabel }
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch (cause) {
    throw damaged('a thumbnail of a saved classifier', 'base64', cause)
  }
}
