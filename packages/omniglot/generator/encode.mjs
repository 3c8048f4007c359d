// The other half of ../src/bitmap-code.ts: counts, probabilities, codes.
const [above2Bits, aboveBits, leftBits] = [5, 7, 5]
const patterns = 2 ** (above2Bits + aboveBits + leftBits)
const rows = 4
const scaleBits = 14
const scale = 2 ** scaleBits

/** The bits of a drawing in their order: `visit(context, bit)`; ink is [side * side] of 0 and 1. */
export function visitBits(ink, side, visit) {
  const at = (x, y) => (x < 0 || y < 0 || x >= side ? 0 : ink[y * side + x])
  let same = 1
  let inkAbove = 0
  for (let y = 0; y < side; y++) {
    const row = ink.subarray(y * side, (y + 1) * side)
    const isSame = row.every((pixel, x) => pixel === at(x, y - 1)) ? 1 : 0
    visit(patterns + 2 * same + inkAbove, isSame)
    same = isSame
    if (same) continue
    inkAbove = row.includes(1) ? 1 : 0
    for (let x = 0; x < side; x++) {
      let context = 0
      for (let dx = -2; dx <= 2; dx++) context = context * 2 + at(x + dx, y - 2)
      for (let dx = -3; dx <= 3; dx++) context = context * 2 + at(x + dx, y - 1)
      for (let dx = -5; dx <= -1; dx++) context = context * 2 + at(x + dx, y)
      visit(context, row[x])
    }
  }
}

/** Probabilities of a 0 bit in 2^14ths, from all drawings; a half where a context never comes. */
export function probabilitiesOf(drawings, side) {
  const counts = new Float64Array(2 * (patterns + rows))
  for (const ink of drawings) visitBits(ink, side, (context, bit) => counts[2 * context + bit]++)
  const probabilities = new Uint16Array(patterns + rows)
  for (let context = 0; context < probabilities.length; context++) {
    const [zeros, ones] = [counts[2 * context], counts[2 * context + 1]]
    const share = zeros + ones === 0 ? 0.5 : zeros / (zeros + ones)
    const most = scale - 1
    probabilities[context] = Math.min(Math.max(Math.round(share * scale), 1), most)
  }
  return probabilities
}

/** The code of a drawing: the fewest bytes that lie in its interval, zeros at their end left out. */
export function encode(ink, side, probabilities) {
  // The low end of the interval is all of `bytes`, then the 32 bits of `low`.
  const bytes = []
  let low = 0
  let range = 2 ** 24
  visitBits(ink, side, (context, bit) => {
    const bound = (range >>> scaleBits) * probabilities[context]
    if (bit === 0) range = bound
    else {
      raise(low + bound)
      range -= bound
    }
    while (range < 2 ** 22) {
      shift()
      range *= 256
    }
  })
  raise(roundest(low, low + range))
  for (let i = 0; i < 4; i++) shift()
  // The first byte stands above the 24 bits that a decoder begins with: it is 0.
  while (bytes.at(-1) === 0) bytes.pop()
  return Uint8Array.from(bytes.slice(1))

  function raise(to) {
    low = to % 2 ** 32
    if (to < 2 ** 32) return
    let at = bytes.length - 1
    while (bytes[at] === 255) bytes[at--] = 0
    bytes[at]++
  }

  function shift() {
    bytes.push(Math.floor(low / 2 ** 24))
    low = (low % 2 ** 24) * 256
  }
}

/** The number from `low` to below `high` that ends in the most zero bits. */
function roundest(low, high) {
  for (let step = 2 ** 31; ; step /= 2) {
    const rounded = Math.ceil(low / step) * step
    if (rounded < high) return rounded
  }
}
