// Measures the classifier over frozen encoders and writes docs/classifier.json and docs/classifier.md: `node
// classifier.mjs`, after a build. With names of sections it measures those alone: `node classifier.mjs images`.
// `node --expose-gc classifier.mjs rounds` makes memory comparable.
import { readFileSync, writeFileSync } from 'node:fs'
import { wasm } from '@kshot/backend-wasm'
import { useBackend } from '@kshot/core'
import { besideKnn } from './beside-knn.mjs'
import { manyRounds, predictions } from './cost.mjs'
import { artistFigures, imageFigures } from './images.mjs'
import { markdown } from './markdown.mjs'
import { shotsFigures } from './shots.mjs'
import { textFigures } from './text.mjs'

const file = new URL('../../docs/classifier.json', import.meta.url)
const page = new URL('../../docs/classifier.md', import.meta.url)

const sections = {
  textEncoder: () => textFigures('textEncoder'),
  staticTextEncoder: () => textFigures('staticTextEncoder'),
  images: imageFigures,
  shots: shotsFigures,
  artists: artistFigures,
  knn: besideKnn,
  predictions,
  rounds: manyRounds,
}

const wanted = process.argv.slice(2)
await useBackend(wasm())
for (const [name, measure] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const figures = await measure()
  write({ ...known(), [name]: { node: process.version, figures } })
}
writeFileSync(page, markdown(known()))

function known() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

function write(all) {
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
}
