// Writes ../test-data/embeddings.json.gz: texts, their pieces by the reference library (tokens.json.gz), and
// their embeddings by the published graph.
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { publishedGraph } from './published-graph.mjs'

const at = (name) => new URL(`../test-data/${name}`, import.meta.url)
const tokens = JSON.parse(gunzipSync(readFileSync(at('tokens.json.gz'))))
const isUsed = ([text, ids], i) =>
  ids.length > 0 && text.length <= 10_000 && (i < 80 || i % 60 === 0)
const chosen = tokens.filter(isUsed)

const embed = await publishedGraph()
const rows = []
for (const [text, ids] of chosen) {
  const [row] = await embed([ids.slice(0, 128)])
  rows.push([text, row.map((value) => Number(value.toFixed(6)))])
}
const packed = gzipSync(JSON.stringify(rows), { level: 9 })
packed[9] = 255 // the machine that packed it
writeFileSync(at('embeddings.json.gz'), packed)
console.log(`${rows.length} texts, ${packed.length} bytes`)
