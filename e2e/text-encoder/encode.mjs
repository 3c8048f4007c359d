// What the page, its worker and Node share.
import { wasm } from '@kshot/backend-wasm'
import { staticTextEncoder, textEncoder } from '@kshot/text-encoder'

export const progress = []

/** The embeddings of texts by both encoders, as plain lists. */
export async function embed(texts, path) {
  const backend = path ? wasm({ path }) : wasm()
  const onProgress = (loaded) => progress.push(loaded)
  const rows = []
  for (const encoder of [textEncoder({ backend, onProgress }), staticTextEncoder()]) {
    const embeddings = await encoder.encode(texts)
    rows.push(await embeddings.array())
    embeddings.dispose()
    encoder.dispose()
  }
  return rows
}
