// What the page and its worker share.
import { wasm } from '@kshot/backend-wasm'
import { imageEncoder } from '@kshot/image-encoder'

export const progress = []

export const encoder = imageEncoder({
  backend: wasm({ path: '/wasm/' }),
  onProgress: (loaded) => progress.push(loaded),
})

/** The embeddings of pictures, as plain lists. */
export async function embed(pictures) {
  const embeddings = await encoder.encode(pictures)
  const rows = await embeddings.array()
  embeddings.dispose()
  return rows
}

export async function fetched(name) {
  return (await fetch(`/files/${name}`)).blob()
}
