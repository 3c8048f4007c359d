import { KshotError } from '@kshot/core'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Dataset } from './dataset'

export interface ArrayData {
  /** Appears in results, next to the digest of the contents. */
  readonly name: string
  /** Shape of one example. */
  readonly shape: readonly number[]
  /** All examples, concatenated. */
  readonly x: Float32Array | readonly number[]
  /** The class of each example. */
  readonly labels: readonly (string | number)[]
}

/**
 * A data set from arrays in memory; classes are in the order of their first example.
 * Its spec identifies it by a digest of its contents; the spec alone cannot rebuild it.
 * @throws `episodes/bad-array`
 * @example fromArrays({ name: 'flowers', shape: [4], x: measurements, labels: species })
 */
export function fromArrays({ name, shape, x, labels }: ArrayData): Dataset {
  if (x === undefined) throw onlyNamed(name)
  const size = shape.reduce((product, n) => product * n, 1)
  checkArray(x, labels, size)
  const values = Float32Array.from(x)
  const places = new Map<string, number[]>()
  for (const [i, label] of labels.entries()) {
    const known = places.get(String(label))
    if (known) known.push(i)
    else places.set(String(label), [i])
  }
  const rows = [...places.values()]
  const digest = contentDigest(values, labels)
  return {
    spec: { package: '@kshot/episodes', export: 'fromArrays', options: { name, shape, digest } },
    shape,
    classes: [...places].map(([id, { length }]) => ({ id, size: length })),
    read(classIndex, example, target, offset) {
      const row = rows[classIndex]?.[example]
      if (row === undefined) {
        throw new RangeError(`there is no example ${example} of class ${classIndex}`)
      }
      target.set(values.subarray(row * size, (row + 1) * size), offset)
    },
  }
}

function contentDigest(values: Float32Array, labels: readonly (string | number)[]): string {
  const hash = sha256.create().update(new Uint8Array(values.buffer))
  return bytesToHex(hash.update(utf8ToBytes(JSON.stringify(labels.map(String)))).digest())
}

function checkArray(x: ArrayLike<number>, labels: readonly unknown[], size: number): void {
  if (x.length === labels.length * size && size > 0) {
    for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) throw notFinite(i, x[i]!, size)
    return
  }
  throw new KshotError('episodes/bad-array', {
    got: `${x.length} numbers for ${labels.length} labels`,
    expected: `${labels.length} × ${size} numbers`,
    remedy: 'Pass one example per label, each of the given shape',
  })
}

/** What a spec of data in memory ends in: it says which data it was, and does not hold it. */
function onlyNamed(name: string): KshotError {
  return new KshotError('episodes/bad-array', {
    got: `the spec of the in-memory data '${name}', without the data`,
    expected: 'the examples themselves: a spec holds only their digest',
    remedy: 'Pass the data set itself, or keep the data in files',
  })
}

function notFinite(i: number, value: number, size: number): KshotError {
  return new KshotError('episodes/bad-array', {
    got: `${value} in example ${Math.floor(i / size)}`,
    expected: 'finite numbers',
    remedy: 'Clean the data first',
  })
}
