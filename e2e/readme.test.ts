import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { activate } from '@kshot/testkit'
import { afterAll, beforeAll, describe, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
// Beside an app that depends on every package, so that the imports of a README resolve.
const folder = `${root}apps/bench/test/.readme/`

/** What the snippets leave to the reader. */
const readers = `
import { readdirSync, readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
const checkpoint = readFileSync('${root}packages/glyphs/data/protonet.safetensors')
const [drawing, other, query] = [1, 2, 3].map((seed) => tf.randomUniform([28, 28, 1], 0, 1, 'float32', seed))
const fetch = async (name) => new Response(readFileSync('${root}leaderboards/glyphs/' + name))
const photoFolder = '${root}packages/image-encoder/test-data/photos/'
const cacheFolder = '${folder}embeddings'
const photos = readdirSync(photoFolder).slice(0, 4).map((name) => photoFolder + name)
`

const readmes = [
  'README.md',
  ...readdirSync(`${root}packages`).map((name) => `packages/${name}/README.md`),
]

describe('the code in the READMEs runs', () => {
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    await activate('wasm')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const snippets = readmes.flatMap((file) =>
    codeOf(file).map((code, i) => [`${file}, ${i + 1}`, code] as const),
  )
  it.each(snippets)('%s', async (name, code) => {
    const file = `${folder}${name.replaceAll(/\W+/g, '-')}.ts`
    writeFileSync(file, `${readers}${hasty(code)}`)
    await import(/* @vite-ignore */ file)
  })
})

function codeOf(file: string): string[] {
  let text: string
  try {
    text = readFileSync(root + file, 'utf8')
  } catch {
    return [] // private packages have none
  }
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
}

/** The same code with fewer steps and episodes. */
function hasty(code: string): string {
  return code.replaceAll(/\b(steps|count): \d+/g, '$1: 2')
}
