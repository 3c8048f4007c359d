// Polygons to grey levels by exact arithmetic alone (no graphics library), so that every machine
// makes the same bytes: winding number not zero is ink, horizontal coverage is exact, vertical
// coverage is sampled on 16 lines a pixel.
export const side = 28
const lines = 16

/** The box around polygons: { left, right, bottom, top }. */
export function box(polygons) {
  const xs = polygons.flatMap((polygon) => polygon.map((point) => point[0]))
  const ys = polygons.flatMap((polygon) => polygon.map((point) => point[1]))
  return { left: min(xs), right: max(xs), bottom: min(ys), top: max(ys) }
}
const min = (values) => values.reduce((a, b) => Math.min(a, b), Infinity)
const max = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity)

/**
 * Pixels of polygons, [28 * 28] in 0..15, 15 = ink.
 * `scale` is pixels an em; (x, y) of the outline come to lie at the frame's middle.
 */
export function raster(polygons, { scale, x, y }) {
  const edges = polygons.flatMap((polygon) => edgesOf(polygon, { scale, x, y }))
  const sums = new Float64Array(side * side)
  for (let line = 0; line < side * lines; line++) {
    const row = sums.subarray(Math.floor(line / lines) * side).subarray(0, side)
    for (const [from, to] of spans(edges, (line + 0.5) / lines)) fill(row, from, to)
  }
  return Uint8Array.from(sums, (sum) => Math.round((sum / lines) * 15))
}

function edgesOf(polygon, { scale, x, y }) {
  const points = polygon.map((p) => [side / 2 + (p[0] - x) * scale, side / 2 - (p[1] - y) * scale])
  return points.map((from, i) => [from, points[(i + 1) % points.length]])
}

function spans(edges, y) {
  const crossings = []
  for (const [a, b] of edges) {
    if (a[1] <= y === b[1] <= y) continue
    crossings.push([a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]), a[1] <= y ? 1 : -1])
  }
  crossings.sort((a, b) => a[0] - b[0])
  const found = []
  let winding = 0
  crossings.forEach(([x, turn], i) => {
    if (winding !== 0) found.push([crossings[i - 1][0], x])
    winding += turn
  })
  return found
}

function fill(row, from, to) {
  for (let i = Math.max(0, Math.floor(from)); i < Math.min(side, to); i++) {
    row[i] += Math.max(0, Math.min(i + 1, to) - Math.max(i, from))
  }
}
