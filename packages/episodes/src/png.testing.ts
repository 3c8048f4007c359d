import { deflateSync } from 'node:zlib'
import { crc32 } from '@kshot/core'

/** What stands in the header of a PNG, and its lines of pixels (each begins with its filter). */
export interface PngParts {
  readonly width: number
  readonly height: number
  /** Bits per channel. */
  readonly depth?: number
  /** 0 grey, 2 red-green-blue. */
  readonly colour?: number
  readonly lines: Uint8Array
}

/** A PNG of exactly these parts, whether they fit together or not. */
export function makePng({ width, height, depth = 1, colour = 0, lines }: PngParts): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([depth, colour], 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const data = chunk('IDAT', deflateSync(lines))
  return Buffer.concat([signature, chunk('IHDR', header), data, chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  crc.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, crc])
}

/** An Omniglot drawing: 105×105, 1 bit, white but for the first `ink` pixels of each line. */
export function drawing(ink = 0): Buffer {
  const lines = new Uint8Array(105 * 15).fill(255)
  for (let row = 0; row < 105; row++) {
    lines[row * 15] = 0
    for (let x = 0; x < ink; x++) lines[row * 15 + 1 + (x >> 3)]! &= ~(128 >> (x & 7))
  }
  return makePng({ width: 105, height: 105, lines })
}
