import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { embed, encoder, fetched, progress } from './encode.mjs'

const photo = document.querySelector('#photo')

function canvasOf(picture) {
  const { naturalWidth: width, naturalHeight: height } = picture
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d').drawImage(picture, 0, 0)
  return canvas
}

async function videoOf(canvas) {
  const video = Object.assign(document.createElement('video'), { muted: true })
  video.srcObject = canvas.captureStream(10)
  await video.play()
  return video
}

globalThis.kshot = {
  /** The same photo in every form that a page has. */
  async forms() {
    await photo.decode()
    const blob = await fetched('cat.png')
    const canvas = canvasOf(photo)
    const { width, height } = canvas
    const context = canvas.getContext('2d')
    const pixels = tf.browser.fromPixels(canvas)
    const rows = await embed([
      photo,
      blob,
      new File([blob], 'cat.png'),
      canvas,
      await createImageBitmap(blob),
      context.getImageData(0, 0, width, height),
      new VideoFrame(canvas, { timestamp: 0 }),
      pixels,
    ])
    pixels.dispose()
    return { rows, backend: tf.getBackend(), progress }
  },
  async video() {
    return embed([await videoOf(canvasOf(photo))])
  },
  files: async (names) => embed(await Promise.all(names.map(fetched))),
  elements: async (names) =>
    embed(names.map((name) => Object.assign(new Image(), { src: `/files/${name}` }))),
  /** The codes of the errors that bad pictures are. */
  async bad() {
    const pictures = [
      new Image(),
      Object.assign(new Image(), { src: '/files/text.png' }),
      await fetched('text.png'),
      new Blob([]),
      document.createElement('video'),
      Object.assign(document.createElement('canvas'), { width: 0 }),
      'cat.png',
      document.body,
    ]
    const before = tf.memory().numTensors
    const code = (error) => error.code ?? String(error)
    const codes = []
    for (const picture of pictures) codes.push(await encoder.encode([picture]).then(() => '', code))
    return { codes, left: tf.memory().numTensors - before }
  },
  worker: () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage('go')
    }),
}
