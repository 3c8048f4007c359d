// The packed file, all numbers little-endian:
//   0  'KGLY'
//   4  u32  CRC-32 of everything from byte 8 on
//   8  u32  length of the header
//  12       header, JSON: { scripts: [{ name, split, characters, typefaces }] }
//   …       images, deflated: script by script, typeface by typeface, character by character;
//           28 × 28 pixels in 4 bits each, row by row, the left pixel of a pair in the high bits
import { crc32, KshotError } from '@kshot/core'

export const imageArea = 28 * 28
export const imageBytes = imageArea / 2
const preamble = 12

export interface Script {
  readonly name: string
  readonly split: 'train' | 'validation' | 'test'
  readonly characters: string
  readonly typefaces: readonly string[]
}

export interface Contents {
  readonly scripts: readonly Script[]
  readonly images: Uint8Array
}

/** Number of images of a script: each of its characters in each of its typefaces. */
export function exampleCount(script: Script): number {
  return [...script.characters].length * script.typefaces.length
}

/** Checks and inflates the bytes of `glyphs.bin`. Throws `glyphs/damaged`. */
export async function unpack(bytes: Uint8Array): Promise<Contents> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < preamble || new TextDecoder().decode(bytes.subarray(0, 4)) !== 'KGLY') {
    throw damaged(`${bytes.length} bytes that do not begin with the mark KGLY`)
  }
  if (crc32(bytes.subarray(8)) !== view.getUint32(4, true)) {
    throw damaged(`${bytes.length} bytes whose checksum does not match`)
  }
  const body = preamble + view.getUint32(8, true)
  const header = new TextDecoder().decode(bytes.subarray(preamble, body))
  const { scripts } = JSON.parse(header) as { scripts: Script[] }
  const images = await inflate(bytes.subarray(body))
  const expected = scripts.reduce((sum, script) => sum + exampleCount(script), 0) * imageBytes
  if (images.length !== expected) {
    throw damaged(`${images.length} bytes of images where the header names ${expected}`)
  }
  return { scripts, images }
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
  const inflated = stream.pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(inflated).arrayBuffer())
}

function damaged(got: string): KshotError {
  return new KshotError('glyphs/damaged', {
    got,
    expected: 'the whole glyphs.bin of this version of @kshot/glyphs',
    remedy: 'Install the package again, or check the source that was given.',
  })
}
