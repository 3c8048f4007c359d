/** Endings of pictures that can be read. */
export const READABLE: readonly string[] = [
  '.png',
  '.apng',
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.pjpeg',
  '.pjp',
  '.webp',
  '.gif',
  '.tif',
  '.tiff',
  '.bmp',
  '.dib',
  '.avif',
]

const HEIC = 'convert it, for example with: heif-convert photo.heic photo.jpg'
const RAW = "export it as jpeg or png from the camera's program"
const OTHER = 'save it as png or jpeg'

/** Endings of pictures that can't be read, and what to do. */
const UNREADABLE: { readonly [ending: string]: string } = {
  '.heic': HEIC,
  '.heif': HEIC,
  '.hif': HEIC,
  '.cr2': RAW,
  '.cr3': RAW,
  '.nef': RAW,
  '.arw': RAW,
  '.dng': RAW,
  '.orf': RAW,
  '.raf': RAW,
  '.rw2': RAW,
  '.psd': OTHER,
  '.svg': OTHER,
  '.pdf': OTHER,
  '.eps': OTHER,
  '.ico': OTHER,
  '.tga': OTHER,
  '.jxl': OTHER,
  '.jp2': OTHER,
  '.j2k': OTHER,
  '.ppm': OTHER,
  '.pgm': OTHER,
  '.pbm': OTHER,
  '.exr': OTHER,
  '.hdr': OTHER,
}

/** `.jpg` for `photo.JPG`; empty if there is none. */
export function endingOf(name: string): string {
  return /\.[^./\\]+$/.exec(name)?.[0].toLowerCase() ?? ''
}

/** Whether a file is named like a picture that can be read. */
export function isPicture(name: string): boolean {
  return READABLE.includes(endingOf(name))
}

/** What to do with pictures of an ending that can't be read; undefined if they are no pictures. */
export function remedyFor(ending: string): string | undefined {
  if (ending === 'without an ending') return 'if they are pictures, name them .png or .jpg'
  return Object.hasOwn(UNREADABLE, ending) ? UNREADABLE[ending] : undefined
}

/** How files begin: offset and bytes, as latin1. */
const SIGNATURES: readonly (readonly [kind: string, offset: number, bytes: string])[] = [
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['jpeg', 0, '\xff\xd8\xff'],
  ['gif', 0, 'GIF8'],
  ['webp', 8, 'WEBP'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['tiff', 0, 'II+\0'],
  ['tiff', 0, 'MM\0+'],
  ['bmp', 0, 'BM'],
  ['avif', 4, 'ftypavif'],
  ['avif', 4, 'ftypavis'],
  ['avif', 4, 'ftypmif1'],
  ['HEIC', 4, 'ftyphe'],
  ['HEIC', 4, 'ftypmsf1'],
  ['JPEG XL', 0, '\xff\x0a'],
  ['JPEG XL', 4, 'JXL '],
  ['JPEG 2000', 4, 'jP  '],
  ['Photoshop', 0, '8BPS'],
  ['PDF', 0, '%PDF'],
  ['zip', 0, 'PK'],
  ['gzip', 0, '\x1f\x8b'],
  ['Git LFS pointer', 0, 'version https://git-lfs'],
]

const DECODED = ['png', 'jpeg', 'gif', 'webp', 'tiff', 'bmp', 'avif']

/**
 * What a file is by its first bytes, whatever it is called.
 * @returns a kind that can be decoded, or what it is instead, for people
 */
export function sniffed(bytes: Uint8Array): { readonly kind?: string; readonly instead: string } {
  if (bytes.length === 0) return { instead: 'an empty file' }
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512))
  const begins = head.toString('latin1')
  const [kind] = SIGNATURES.find(([, at, mark]) => begins.startsWith(mark, at)) ?? []
  if (kind && DECODED.includes(kind)) return { kind, instead: '' }
  if (kind === 'HEIC') return { instead: `HEIC, despite its name: ${HEIC}` }
  if (kind) return { instead: `${kind}, and no picture that can be read` }
  if (/^\s*<(!doctype html|html)/i.test(begins)) return { instead: 'a web page, not a picture' }
  if (/^\s*(<\?xml|<svg)/i.test(begins)) return { instead: `svg or xml: ${OTHER}` }
  return { instead: 'not a readable kind of picture' }
}
