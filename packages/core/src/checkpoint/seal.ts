import { crc32 } from '../crc32'
import { damaged } from './damaged'

// The checksum is eight hexadecimal digits in the header, counted as zeros in its own sum. So it
// covers the whole file, header and data; the file stays plain safetensors.
const KEY = 'kshot.crc32'
const ZEROS = '00000000'
const encoded = (text: string) => new TextEncoder().encode(text)
const MARK = encoded(`"${KEY}":"`)

/** The metadata to encode a file with before {@link seal}. */
export const unsealed = { [KEY]: ZEROS }

/** Writes the checksum of a file encoded with {@link unsealed} into it, in place. */
export function seal<Bytes extends Uint8Array>(file: Bytes): Bytes {
  new TextEncoder().encodeInto(hex(crc32(file)), file.subarray(digitsAt(file)))
  return file
}

/**
 * Checks a file against its checksum.
 * @throws `checkpoint/damaged` if they differ or there is none.
 */
export function checkSeal(file: Uint8Array): void {
  const { written, parts } = sealOf(file)
  const sum = hex(parts.reduce((before, part) => crc32(part, before), 0))
  if (sum !== written)
    throw damaged(`bytes with the CRC-32 ${sum}`, `${written}, as the file states`)
}

/**
 * The checksum that stands in a file, or in its beginning with the header, and the parts that are summed.
 * @throws `checkpoint/damaged` where there is none
 */
export function sealOf(file: Uint8Array): {
  readonly written: string
  readonly parts: readonly Uint8Array[]
} {
  const at = digitsAt(file)
  const end = at + ZEROS.length
  if (at < 0 || end > file.length) {
    throw damaged(`no '${KEY}' in the header`, 'a safetensors file written by kshot')
  }
  const written = new TextDecoder().decode(file.subarray(at, end))
  return { written, parts: [file.subarray(0, at), encoded(ZEROS), file.subarray(end)] }
}

function hex(sum: number): string {
  return sum.toString(16).padStart(ZEROS.length, '0')
}

/** Where the digits begin. Inside JSON text the mark can be nothing but the key: quotes are escaped. */
function digitsAt(file: Uint8Array): number {
  let at = file.indexOf(MARK[0]!)
  while (at >= 0 && !MARK.every((byte, i) => file[at + i] === byte)) {
    at = file.indexOf(MARK[0]!, at + 1)
  }
  return at < 0 ? at : at + MARK.length
}
