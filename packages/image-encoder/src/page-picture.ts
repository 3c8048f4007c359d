import { badPicture, nameOf } from './errors'
import { SIDE } from './net'
import type { Pixels } from './resize'

/** What a page, or a worker of it, shows pictures with. */
export type PagePicture =
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | ImageBitmap
  | VideoFrame
  | ImageData
  | Blob

/** From four times the net's side on, the browser shrinks a picture to twice of it before its pixels are read. */
const LARGE = 4 * SIDE
const SHRUNK = 2 * SIDE

type Drawable = Exclude<PagePicture, ImageData | Blob>

/** How each kind is read, by the name of its class. */
const readers: { readonly [name: string]: (input: never) => Promise<Pixels> | Pixels } = {
  HTMLImageElement: imagePixels,
  HTMLVideoElement: videoPixels,
  HTMLCanvasElement: (canvas: HTMLCanvasElement) => drawPixels(canvas, canvas.width, canvas.height),
  OffscreenCanvas: (canvas: OffscreenCanvas) => drawPixels(canvas, canvas.width, canvas.height),
  ImageBitmap: (bitmap: ImageBitmap) => drawPixels(bitmap, bitmap.width, bitmap.height),
  VideoFrame: (frame: VideoFrame) => drawPixels(frame, frame.displayWidth, frame.displayHeight),
  ImageData: (image: ImageData) => onWhite(image),
  Blob: blobPixels,
  File: blobPixels,
}

export function isPagePicture(input: unknown): input is PagePicture {
  return Object.hasOwn(readers, nameOf(input))
}

/**
 * The pixels of a picture as a page shows it: upright as its EXIF says, what is transparent on white.
 * @throws `image-encoder/bad-picture`
 */
export async function pagePixels(input: PagePicture): Promise<Pixels> {
  return readers[nameOf(input)]!(input as never) // of the kind that its reader takes
}

async function imagePixels(image: HTMLImageElement): Promise<Pixels> {
  await image.decode().catch((cause) => {
    throw badPicture(
      `an <img> that shows nothing: '${image.src.slice(0, 80)}'`,
      'Check its src',
      cause,
    )
  })
  return drawPixels(image, image.naturalWidth, image.naturalHeight)
}

function videoPixels(video: HTMLVideoElement): Pixels {
  if (video.readyState < 2) {
    throw badPicture('a <video> without a frame yet', `Wait for its event 'loadeddata'`)
  }
  return drawPixels(video, video.videoWidth, video.videoHeight)
}

async function blobPixels(blob: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(blob).catch((cause) => {
    const type = blob.type === '' ? '' : ` of type ${blob.type}`
    const got = `a Blob of ${blob.size} bytes${type} that is no picture this browser knows`
    throw badPicture(got, 'Check what it is; SVG goes through an <img>', cause)
  })
  try {
    return drawPixels(bitmap, bitmap.width, bitmap.height)
  } finally {
    bitmap.close()
  }
}

function drawPixels(source: Drawable, width: number, height: number): Pixels {
  const shorter = Math.min(width, height)
  if (!(shorter > 0)) {
    throw badPicture(
      `a ${nameOf(source)} of ${width} × ${height} pixels`,
      'Wait until it shows something',
    )
  }
  const factor = shorter >= LARGE ? SHRUNK / shorter : 1
  const [w, h] = [width, height].map((length) => Math.round(length * factor)) as [number, number]
  const context = canvas(w, h).getContext('2d', { willReadFrequently: true })
  if (!context)
    throw badPicture(
      `a picture of ${width} × ${height} pixels, too large to draw`,
      'Make it smaller',
    )
  context.imageSmoothingQuality = 'high'
  context.fillStyle = '#fff'
  context.fillRect(0, 0, w, h)
  context.drawImage(source, 0, 0, w, h)
  return onWhite(readBack(context, w, h))
}

function canvas(width: number, height: number) {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height)
  return Object.assign(document.createElement('canvas'), { width, height })
}

function readBack(
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D,
  width: number,
  height: number,
): ImageData {
  try {
    return context.getImageData(0, 0, width, height)
  } catch (cause) {
    const remedy = `Load it with crossorigin="anonymous", from a server that allows it`
    throw badPicture(
      'a picture from another site, whose pixels the browser withholds',
      remedy,
      cause,
    )
  }
}

function onWhite({ width, height, data }: ImageData): Pixels {
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0, j = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255
    for (let c = 0; c < 3; c++) rgb[j++] = Math.round(255 + (data[i + c]! - 255) * alpha)
  }
  return { width, height, channels: 3, data: rgb }
}
