// Embeddings of the corpus by textEncoder(): node teach.mjs CORPUS.json FOLDER, after a build. About an hour.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { wasm } from '../../backend-wasm/dist/index.js'
import { useBackend } from '../../core/dist/index.js'
import { textEncoder } from '../dist/index.js'

const [corpus, folder] = process.argv.slice(2)
const { pieces, words, sentences } = JSON.parse(readFileSync(corpus, 'utf8'))
const texts = { pieces: pieces.map(([, text]) => text), words, sentences }

await useBackend(wasm())
mkdirSync(folder, { recursive: true })
const encoder = textEncoder()
for (const [name, all] of Object.entries(texts)) {
  const parts = []
  for (let at = 0; at < all.length; at += 2000) {
    const rows = await encoder.encode(all.slice(at, at + 2000))
    parts.push(Buffer.from((await rows.data()).buffer))
    rows.dispose()
    console.log(name, at)
  }
  writeFileSync(`${folder}/${name}.f32`, Buffer.concat(parts))
}
