import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { embed, progress } from './encode.mjs'

await tf.setBackend('cpu')

globalThis.kshot = {
  async here(texts) {
    const rows = await embed(texts, '/wasm/')
    return { rows, progress, backend: tf.getBackend() }
  },
  worker: (texts) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage(texts)
    }),
}
