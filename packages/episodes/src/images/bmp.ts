// Windows bitmaps, which sharp does not read: BITMAPINFOHEADER and its successors, uncompressed.

/** Size and depth of a bitmap. */
export interface BmpHeader {
  readonly width: number
  readonly height: number
  readonly bits: number
  /** Lines run from the bottom to the top. */
  readonly upwards: boolean
  /** Where the colours of a palette begin, and how many they are. */
  readonly palette: { readonly at: number; readonly size: number }
  /** Where the pixels begin. */
  readonly pixels: number
  /** Which bits of 16 or 32 are red, green and blue. */
  readonly masks: readonly [red: number, green: number, blue: number]
}

const UNCOMPRESSED = 0
const BIT_FIELDS = 3

/** @throws Error if it is no bitmap that can be read */
export function bmpHeader(bytes: Buffer): BmpHeader {
  if (bytes.length < 54) throw new Error('breaks off in its header')
  const size = bytes.readUInt32LE(14)
  const [width, signed] = [bytes.readInt32LE(18), bytes.readInt32LE(22)]
  const bits = bytes.readUInt16LE(28)
  const compression = bytes.readUInt32LE(30)
  const known = compression === UNCOMPRESSED || compression === BIT_FIELDS
  if (size < 40 || !known || ![1, 4, 8, 16, 24, 32].includes(bits)) {
    throw new Error(`a bmp of ${bits} bits a pixel, compression ${compression}; save it as png`)
  }
  if (width < 1 || signed === 0) throw new Error(`${width} × ${signed} pixels`)
  const at = 14 + size + (size === 40 && compression === BIT_FIELDS ? 12 : 0)
  return {
    width,
    height: Math.abs(signed),
    bits,
    upwards: signed > 0,
    palette: { at, size: bits > 8 ? 0 : bytes.readUInt32LE(46) || 2 ** bits },
    pixels: bytes.readUInt32LE(10),
    masks: masksOf(bytes, bits, compression),
  }
}

function masksOf(bytes: Buffer, bits: number, compression: number): BmpHeader['masks'] {
  if (compression !== BIT_FIELDS) {
    return bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0xff00, 0xff]
  }
  if (bytes.length < 66) throw new Error('breaks off in its header')
  const masks = [54, 58, 62].map((at) => bytes.readUInt32LE(at))
  if (masks.includes(0)) throw new Error('a bmp without a mask for each colour')
  return [masks[0]!, masks[1]!, masks[2]!]
}

/**
 * The pixels `[height, width, 3]`, from top to bottom.
 * @throws Error if the file breaks off
 */
export function bmpPixels(bytes: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, bits, upwards, pixels } = header
  const stride = Math.ceil((width * bits) / 32) * 4
  if (bytes.length < pixels + stride * (height - 1) + Math.ceil((width * bits) / 8)) {
    throw new Error('breaks off before its last line')
  }
  const colour = bits <= 8 ? fromPalette(bytes, header) : fromBits(bytes, header)
  const result = new Uint8Array(width * height * 3)
  for (let row = 0, to = 0; row < height; row++) {
    const line = pixels + stride * (upwards ? height - 1 - row : row)
    for (let x = 0; x < width; x++, to += 3) colour(line, x, result, to)
  }
  return result
}

/** Writes the colour of pixel `x` of the line that begins at `line`. */
type Colour = (line: number, x: number, target: Uint8Array, to: number) => void

function fromPalette(bytes: Buffer, { bits, palette }: BmpHeader): Colour {
  if (palette.size > 256 || bytes.length < palette.at + 4 * palette.size) {
    throw new Error(`a palette of ${palette.size} colours`)
  }
  const perByte = 8 / bits
  return (line, x, target, to) => {
    const byte = bytes[line + Math.floor(x / perByte)]!
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & (2 ** bits - 1)
    if (index >= palette.size) throw new Error(`colour ${index} of a palette of ${palette.size}`)
    const at = palette.at + 4 * index
    for (let k = 0; k < 3; k++) target[to + k] = bytes[at + 2 - k]!
  }
}

function fromBits(bytes: Buffer, { bits, masks }: BmpHeader): Colour {
  const size = bits / 8
  const shifts = masks.map((mask) => Math.log2((mask & -mask) >>> 0))
  return (line, x, target, to) => {
    const value = bytes.readUIntLE(line + x * size, size)
    for (let k = 0; k < 3; k++) {
      const most = masks[k]! >>> shifts[k]!
      const part = ((value & masks[k]!) >>> 0) >>> shifts[k]!
      target[to + k] = Math.round((part * 255) / most)
    }
  }
}
