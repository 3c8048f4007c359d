import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxNet } from './onnx'
import { install, pack, root } from './packed'

const folder = mkdtempSync(join(tmpdir(), 'kshot-own-encoder-'))
const readme = readFileSync(`${root}packages/image-encoder/README.md`, 'utf8')
const sharp = createRequire(`${root}packages/image-encoder/package.json`)('sharp')
let tarballs: string[]

beforeAll(() => {
  tarballs = pack(['packages/core'], join(folder, 'packed'))
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An app with another library. What the library wants to download beside its package is left out. */
function appWith(library: string): string {
  const app = join(folder, library.replace(/\W+/g, '-'))
  const tfjs = ['core', 'backend-cpu'].map((name) => `@tensorflow/tfjs-${name}@4.22.0`)
  install(app, [...tarballs, ...tfjs, library], { ONNXRUNTIME_NODE_INSTALL: 'skip' })
  return app
}

/** What a script prints: a snippet of the README, and what is done with its encoder. */
function output(app: string, library: string, dimensions: number, use: string): unknown {
  const [, snippet] = new RegExp(`\`\`\`js\\n([^\`]*'${library}'[^\`]*)\`\`\``).exec(readme)!
  const code = snippet!.replace(/dimensions: \d+/, `dimensions: ${dimensions}`)
  writeFileSync(
    join(app, 'own.mjs'),
    `import { createClassifier } from '@kshot/core'
import '@tensorflow/tfjs-backend-cpu'
${code}
${use}`,
  )
  return JSON.parse(execFileSync('node', ['own.mjs'], { cwd: app, encoding: 'utf8' }))
}

describe('the README shows how a net becomes an encoder', () => {
  it('in onnxruntime-web', { timeout: 300_000 }, () => {
    const app = appWith('onnxruntime-web@1.30.0')
    const net = onnxNet(['Relu'], { name: 'x', shape: [1, 4] }, { name: 'y', shape: [1, 4] })
    writeFileSync(join(app, 'net.onnx'), net)
    const use = `
const input = (...numbers) => new ort.Tensor('float32', numbers, [1, 4])
const rows = await encoder.encode([input(1, -2, 3, -4), input(-1, 2, -3, 4)])
const classifier = await createClassifier({ encoder })
await classifier.addExamples('odd', [input(1, 0, 3, 0), input(2, 0, 2, 0)])
await classifier.addExamples('even', [input(0, 1, 0, 3), input(0, 2, 0, 2)])
const { label } = await classifier.predict(input(3, -1, 2, -1))
console.log(JSON.stringify({ rows: await rows.array(), label }))`
    expect(output(app, 'onnxruntime-web', 4, use)).toEqual({
      rows: [
        [1, 0, 3, 0],
        [0, 2, 0, 4],
      ],
      label: 'odd',
    })
  })

  it('in transformers.js', { timeout: 600_000 }, async (context) => {
    let app: string
    try {
      app = appWith('@huggingface/transformers@4.3.2')
    } catch (error) {
      return context.skip(`@huggingface/transformers was not installed: ${error}`)
    }
    await localModel(app)
    const use = `
const rows = await encoder.encode(['red.png', 'blue.png'])
const classifier = await createClassifier({ encoder })
await classifier.addExamples('warm', ['red.png', 'orange.png'])
await classifier.addExamples('cold', ['blue.png', 'teal.png'])
const { label } = await classifier.predict('navy.png')
console.log(JSON.stringify({ shape: rows.shape, label }))`
    expect(output(app, '@huggingface/transformers', 3, use)).toEqual({
      shape: [2, 3],
      label: 'cold',
    })
  })
})

/**
 * A net under the name of the README's where transformers.js looks before it asks its host: the mean colour of a
 * picture in the place of CLIP. And pictures.
 */
async function localModel(app: string): Promise<void> {
  const model = join(
    app,
    'node_modules/@huggingface/transformers/models/Xenova/clip-vit-base-patch32',
  )
  mkdirSync(join(model, 'onnx'), { recursive: true })
  const config = { model_type: 'clip', architectures: ['CLIPModel'] }
  writeFileSync(join(model, 'config.json'), JSON.stringify(config))
  const processor = {
    image_processor_type: 'CLIPImageProcessor',
    do_resize: true,
    size: { height: 4, width: 4 },
    do_normalize: false,
    do_rescale: true,
  }
  writeFileSync(join(model, 'preprocessor_config.json'), JSON.stringify(processor))
  const pixels = { name: 'pixel_values', shape: ['batch', 3, 'height', 'width'] }
  const embeds = { name: 'image_embeds', shape: ['batch', 3] }
  const net = onnxNet(['GlobalAveragePool', 'Flatten'], pixels, embeds)
  writeFileSync(join(model, 'onnx/vision_model.onnx'), net)
  for (const colour of ['red', 'orange', 'blue', 'teal', 'navy']) {
    const create = { width: 8, height: 8, channels: 3, background: colour }
    await sharp({ create })
      .png()
      .toFile(join(app, `${colour}.png`))
  }
}
