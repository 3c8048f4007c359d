import { KshotError } from '../errors'

/** Bytes as files and `fetch` give them. @throws `core/bad-input` */
export function asBytes(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes)
  throw new KshotError('core/bad-input', {
    got: bytes === null ? 'null' : typeof bytes,
    expected: 'the bytes that were saved: a Uint8Array or an ArrayBuffer',
    remedy: 'Pass what was saved, or await what fetches it',
  })
}
