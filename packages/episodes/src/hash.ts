import { disposeTask, type Episode } from '@kshot/core'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { exampleSize } from './dataset'
import type { EpisodeSource } from './episodes'
import type { Slot } from './plan'

/**
 * The SHA-256 of the first `count` episodes: image contents, order, labels, class ids, turns and
 * distortions. Two results belong into one ranking only if these are equal.
 * @returns 64 hexadecimal digits
 */
export function episodeSetHash(source: EpisodeSource, count: number): string {
  const { dataset } = source
  const hash = sha256.create()
  const pixels = new Float32Array(exampleSize(dataset))
  const digests = new Map<string, string>()
  hash.update(utf8ToBytes(`kshot episodes 1, ${count} of shape ${dataset.shape.join('x')}\n`))
  for (let i = 0; i < count; i++) {
    const { ways, classes, support, query } = source.plan(i)
    const ids = classes.map((c) => JSON.stringify(dataset.classes[c]!.id)).join()
    hash.update(utf8ToBytes(`episode ${ways} ${ids}\n${lines(support)}query\n${lines(query)}`))
  }
  return bytesToHex(hash.digest())

  function lines(slots: readonly Slot[]): string {
    return slots.map((slot) => `${describe(slot)} ${digest(slot)}\n`).join('')
  }

  /** Of the example before it is turned and distorted, computed once. */
  function digest({ classIndex, example }: Slot): string {
    const key = `${classIndex}/${example}`
    let known = digests.get(key)
    if (!known) {
      dataset.read(classIndex, example, pixels, 0)
      known = bytesToHex(sha256(littleEndian(pixels)))
      digests.set(key, known)
    }
    return known
  }
}

function describe({
  label,
  classIndex,
  example,
  quarterTurns,
  distortion,
  augmentation,
}: Slot): string {
  // Twelve digits: what differs between engines in the last bits of a cosine is no other picture.
  const affine = distortion?.map.map((v) => v.toPrecision(12)).join() ?? 'none'
  const sampling = distortion?.sampling === 'nearest' ? ' nearest' : ''
  const varied = augmentation ? ` ${JSON.stringify(augmentation)}` : ''
  return `${label} ${classIndex} ${example} ${quarterTurns} ${affine}${sampling}${varied}`
}

/**
 * The SHA-256 of the first `count` tasks of any source: shapes and numbers of support and query.
 *
 * Numbers count with six digits: engines differ in the last bits of a sine.
 * @returns 64 hexadecimal digits
 */
export async function taskSetHash(
  tasks: (index: number) => Episode | Promise<Episode>,
  count: number,
): Promise<string> {
  const hash = sha256.create()
  hash.update(utf8ToBytes(`kshot tasks 1, ${count}\n`))
  for (let i = 0; i < count; i++) {
    const { support, query, ...task } = await tasks(i)
    for (const x of [support.x, support.y, query.x, query.y]) {
      const values = Array.from(await x.data(), (v) => v.toPrecision(6))
      hash.update(utf8ToBytes(`${x.shape.join('x')} ${values.join()}\n`))
    }
    disposeTask([support, query, task])
  }
  return bytesToHex(hash.digest())
}

// Every engine that runs WebAssembly or WebGPU is little-endian.
function littleEndian(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
