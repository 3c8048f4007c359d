import '@tensorflow/tfjs-backend-cpu'
import { embed } from './encode.mjs'

self.onmessage = ({ data: texts }) => {
  embed(texts, '/wasm/').then(self.postMessage.bind(self), (error) =>
    self.postMessage(String(error)),
  )
}
