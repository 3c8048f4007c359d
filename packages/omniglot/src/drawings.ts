import { damagedFile, unpackFile } from '@kshot/core'
import { decodeBitmap, PATTERNS, ROWS } from './bitmap-code'

const FILE = { package: '@kshot/omniglot', file: 'omniglot.bin', mark: 'KOMN' }

/** An alphabet: its characters are `character01`, `character02` and so on. */
export interface Alphabet {
  readonly name: string
  /** The half that it was published in: `images_background` or `images_evaluation`. */
  readonly part: string
  readonly characters: number
}

interface Header {
  readonly side: number
  readonly drawers: number
  readonly alphabets: readonly Alphabet[]
}

/** All drawings, decoded one at a time. */
export interface Drawings extends Header {
  /** A drawing of a character, both counted from 0: row by row, 1 where there is ink. */
  ink(character: number, drawer: number): Uint8Array
}

/**
 * The drawings in the bytes of `omniglot.bin`. The body of the file is a table of probabilities
 * (16 bits each, little-endian), the length of each drawing's code (8 bits), and the codes: alphabet
 * by alphabet, character by character, drawer by drawer.
 * @throws `omniglot/damaged`
 */
export async function drawingsIn(bytes: Uint8Array): Promise<Drawings> {
  const { header, body } = await unpackFile<Header>(bytes, FILE)
  const { side, drawers, alphabets } = header
  const count = drawers * alphabets.reduce((sum, { characters }) => sum + characters, 0)
  const table = 2 * (PATTERNS + ROWS)
  const starts = startsOf(body.subarray(table, table + count), table + count)
  if (starts[count] !== body.length) {
    throw damagedFile(FILE, `${body.length} bytes of drawings where ${starts[count]} are named`)
  }
  const probabilities = new Uint16Array(body.slice(0, table).buffer)
  return {
    ...header,
    ink(character, drawer) {
      const at = character * drawers + drawer
      return decodeBitmap(body.subarray(starts[at], starts[at + 1]), side, probabilities)
    },
  }
}

/** Where each code begins, and where the last one ends. */
function startsOf(lengths: Uint8Array, first: number): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1)
  starts[0] = first
  for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i]! + length
  return starts
}
