// The body of glyphs.bin: script by script, typeface by typeface, character by character, 28 × 28 pixels
// in 4 bits each, row by row, the left pixel of a pair in the high bits.
import { damagedFile, unpackFile } from '@kshot/core'

export const imageArea = 28 * 28
export const imageBytes = imageArea / 2
const FILE = { package: '@kshot/glyphs', file: 'glyphs.bin', mark: 'KGLY' }

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
  const { header, body } = await unpackFile<{ scripts: Script[] }>(bytes, FILE)
  const { scripts } = header
  const expected = scripts.reduce((sum, script) => sum + exampleCount(script), 0) * imageBytes
  if (body.length !== expected) {
    throw damagedFile(FILE, `${body.length} bytes of images where the header names ${expected}`)
  }
  return { scripts, images: body }
}
