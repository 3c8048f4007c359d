import { embed, fetched } from './encode.mjs'

self.onmessage = async () => {
  const blob = await fetched('cat.png')
  const bitmap = await createImageBitmap(blob)
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d').drawImage(bitmap, 0, 0)
  try {
    self.postMessage(await embed([blob, bitmap, canvas]))
  } catch (error) {
    self.postMessage(String(error))
  }
}
