// How a drawing is coded: row by row, by an arithmetic coder whose probabilities depend on the pixels
// around the next one, as in JBIG (ITU-T T.82), with one table of probabilities for all drawings.
//   - a row that equals the one above is one flag
//   - else each pixel is coded given 17 others: 5 to its left, 7 above, 5 above those
// A drawing of 105 × 105 pixels takes 49 bytes on average; each can be decoded alone.

/** Pixels that a probability depends on: 5 of two rows above, 7 of the row above, 5 to the left. */
const ABOVE_2 = 5
const ABOVE = 7
const LEFT = 5
/** Blank columns around a drawing, so that no pixel lacks a neighbour. */
const MARGIN = 3

/** One probability for each pattern of the pixels around, then one for each kind of row above. */
export const PATTERNS = 2 ** (ABOVE_2 + ABOVE + LEFT)
export const ROWS = 4
/** A probability of a 0 bit is a share of this: 1 … 16,383. */
export const SCALE_BITS = 14

/**
 * Decodes a drawing of `side` × `side` pixels.
 * @param probabilities of a 0 bit, `[PATTERNS + ROWS]`
 * @returns row by row, 1 if there is ink
 */
export function decodeBitmap(code: Uint8Array, side: number, probabilities: Uint16Array) {
  const bits = new Bits(code, probabilities)
  const width = side + 2 * MARGIN
  const canvas = new Uint8Array((side + 2) * width)
  let same = 1
  let inkAbove = 0
  for (let row = 0; row < side; row++) {
    const start = (row + 2) * width + MARGIN
    same = bits.next(PATTERNS + 2 * same + inkAbove)
    if (same) canvas.copyWithin(start, start - width, start - width + side)
    else inkAbove = decodeRow(canvas, start, width, side, bits)
  }
  return withoutMargin(canvas, side, width)
}

/** @returns 1 if the row has ink */
function decodeRow(
  canvas: Uint8Array,
  start: number,
  width: number,
  side: number,
  bits: Bits,
): number {
  const [above, above2] = [start - width, start - 2 * width]
  let upper2 = canvas[above2]! * 2 + canvas[above2 + 1]!
  let upper = canvas[above]! * 4 + canvas[above + 1]! * 2 + canvas[above + 2]!
  let left = 0
  let ink = 0
  for (let x = 0; x < side; x++) {
    upper2 = ((upper2 << 1) | canvas[above2 + x + 2]!) & 0b11111
    upper = ((upper << 1) | canvas[above + x + 3]!) & 0b1111111
    const pixel = bits.next((((upper2 << ABOVE) | upper) << LEFT) | left)
    canvas[start + x] = pixel
    ink |= pixel
    left = ((left << 1) | pixel) & 0b11111
  }
  return ink
}

function withoutMargin(canvas: Uint8Array, side: number, width: number): Uint8Array {
  const ink = new Uint8Array(side * side)
  for (let row = 0; row < side; row++) {
    const start = (row + 2) * width + MARGIN
    ink.set(canvas.subarray(start, start + side), row * side)
  }
  return ink
}

/** Less, and the shares of a range would become too coarse. */
const LEAST_RANGE = 2 ** 22
/** A code is read a little past its end: zeros lie there. */
const BEHIND = 4

/**
 * The bits of a code, one a call, given which probability the next one had (a range coder, Martin 1979).
 * All numbers stay below 2³⁰, where integers are fastest.
 */
class Bits {
  #code: Uint8Array
  #probabilities: Uint16Array
  #at = 3
  #range = 2 ** 24
  #value: number

  constructor(code: Uint8Array, probabilities: Uint16Array) {
    this.#code = new Uint8Array(code.length + BEHIND)
    this.#code.set(code)
    this.#probabilities = probabilities
    this.#value = (this.#code[0]! << 16) | (this.#code[1]! << 8) | this.#code[2]!
  }

  next(context: number): number {
    const bound = (this.#range >>> SCALE_BITS) * this.#probabilities[context]!
    const bit = this.#value < bound ? 0 : 1
    if (bit === 0) this.#range = bound
    else {
      this.#value -= bound
      this.#range -= bound
    }
    while (this.#range < LEAST_RANGE) {
      this.#range <<= 8
      this.#value = (this.#value << 8) | (this.#code[this.#at++] ?? 0)
    }
    return bit
  }
}
