import { KshotError } from '@kshot/core'

/**
 * The text in a file's bytes: UTF-8, or UTF-16 if a byte order mark says so; the mark is removed.
 * @throws `episodes/damaged-file` naming the first byte that is no UTF-8, and its line
 */
export function decodedText(bytes: Uint8Array, path: string): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return utf16(bytes, 'utf-16le', path)
  if (first === 0xfe && second === 0xff) return utf16(bytes, 'utf-16be', path)
  if (bytes.includes(0)) throw noUtf8(bytes, bytes.indexOf(0), path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw noUtf8(bytes, firstFault(bytes), path)
  }
}

function utf16(bytes: Uint8Array, encoding: string, path: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new KshotError('episodes/damaged-file', {
      got: `${path}: bytes that are not valid ${encoding.toUpperCase()}, although the byte order mark says so`,
      expected: 'text in UTF-8, or in UTF-16 with a byte order mark',
      remedy: 'Save it as UTF-8',
      cause,
    })
  }
}

function noUtf8(bytes: Uint8Array, at: number, path: string): KshotError {
  const line = bytes.subarray(0, at).filter((byte) => byte === 10).length + 1
  const byte = bytes[at]!
  const [looks, from] = byte === 0 ? ['UTF-16, or no text', 'UTF-16'] : ['Latin-1', 'ISO-8859-1']
  return new KshotError('episodes/damaged-file', {
    got: `${path}, line ${line}: the byte 0x${byte.toString(16).padStart(2, '0')} at position ${at}, which is not valid UTF-8; it looks like ${looks}`,
    expected: 'text in UTF-8, or in UTF-16 with a byte order mark',
    remedy: `Save it as UTF-8, for example with: iconv -f ${from} -t UTF-8`,
  })
}

/** Where the first bytes stand that no UTF-8 has: by halving, since a decoder names no place. */
function firstFault(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isPrefix(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  // The character that is cut short here began up to three bytes before.
  let at = bad - 1
  while (at > bad - 4 && at > 0 && isPrefix(bytes.subarray(at, bad)) && bytes[at]! < 0xc0) at--
  return at
}

function isPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
