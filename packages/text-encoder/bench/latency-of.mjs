import { wasm } from '@kshot/backend-wasm'
import { useBackend } from '@kshot/core'
import { staticTextEncoder, textEncoder } from '@kshot/text-encoder'
import { timed } from './sentences.mjs'

const encoders = { staticTextEncoder, textEncoder }

await useBackend(wasm())
const load = async () => {
  const encoder = encoders[process.argv[2]]()
  return async (sentences) => {
    const rows = await encoder.encode(sentences.map(([text]) => text))
    await rows.data()
    rows.dispose()
  }
}
console.log(JSON.stringify(await timed(load)))
