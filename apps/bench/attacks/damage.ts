import fc from 'fast-check'

/** Makes other bytes of bytes, without touching them. */
export interface Damage {
  readonly kind: string
  apply(bytes: Uint8Array): Uint8Array
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const byte = fc.nat(255)

const at = (share: number, { length }: Uint8Array) => Math.floor(share * length)
const changed = (bytes: Uint8Array, f: (copy: Uint8Array) => void) => {
  const copy = new Uint8Array(bytes)
  f(copy)
  return copy
}
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

const flip = fc.record({ where: place, bit: fc.nat(7) }).map(
  ({ where, bit }): Damage => ({
    kind: 'flipped bit',
    apply: (bytes) =>
      changed(bytes, (copy) => {
        copy[at(where, copy)]! ^= 1 << bit
      }),
  }),
)

const overwritten = fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 8 }).map(
  (all): Damage => ({
    kind: 'overwritten bytes',
    apply: (bytes) =>
      changed(bytes, (copy) => {
        for (const [where, value] of all) copy[at(where, copy)] = value
      }),
  }),
)

const cut = place.map(
  (where): Damage => ({ kind: 'cut', apply: (bytes) => bytes.slice(0, at(where, bytes)) }),
)

const beheaded = place.map(
  (where): Damage => ({ kind: 'beheaded', apply: (bytes) => bytes.slice(at(where, bytes)) }),
)

const appended = fc
  .uint8Array({ minLength: 1, maxLength: 64 })
  .map((more): Damage => ({ kind: 'appended bytes', apply: (bytes) => joined(bytes, more) }))

const inserted = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 })).map(
  ([where, more]): Damage => ({
    kind: 'inserted bytes',
    apply: (bytes) => joined(bytes.slice(0, at(where, bytes)), more, bytes.slice(at(where, bytes))),
  }),
)

const removed = fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(
  ([where, count]): Damage => ({
    kind: 'removed bytes',
    apply: (bytes) =>
      joined(bytes.slice(0, at(where, bytes)), bytes.slice(at(where, bytes) + count)),
  }),
)

const filled = fc.tuple(place, fc.integer({ min: 1, max: 512 }), fc.constantFrom(0, 255, 0x5b)).map(
  ([where, count, value]): Damage => ({
    kind: `filled with ${value}`,
    apply: (bytes) =>
      changed(bytes, (copy) => {
        copy.fill(value, at(where, copy), at(where, copy) + count)
      }),
  }),
)

const moved = fc.tuple(place, place, fc.integer({ min: 1, max: 64 })).map(
  ([from, to, count]): Damage => ({
    kind: 'copied over',
    apply: (bytes) =>
      changed(bytes, (copy) => {
        copy.copyWithin(at(to, copy), at(from, copy), at(from, copy) + count)
      }),
  }),
)

/** A power cut leaves zeros where the end was to be written. */
const powerCut = place.map(
  (where): Damage => ({
    kind: 'zeros to the end',
    apply: (bytes) =>
      changed(bytes, (copy) => {
        copy.fill(0, at(where, copy))
      }),
  }),
)

const twice = place.map(
  (where): Damage => ({
    kind: 'written twice',
    apply: (bytes) => joined(bytes.slice(0, at(where, bytes)), bytes),
  }),
)

/** What disks, copies and people do to a file that they don't understand. */
export const damage: fc.Arbitrary<Damage> = fc.oneof(
  flip,
  overwritten,
  cut,
  beheaded,
  appended,
  inserted,
  removed,
  filled,
  moved,
  powerCut,
  twice,
)

export const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
