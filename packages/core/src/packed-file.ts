// The files of embedded data sets, all numbers little-endian:
//   0  four letters, the mark of the data set
//   4  u32  CRC-32 of everything from byte 8 on
//   8  u32  length of the header
//  12       header, JSON
//   …       body, deflated
import { crc32 } from './crc32'
import { KshotError } from './errors'
import { familyOf } from './package-file'

const PREAMBLE = 12

/** Which packed file is expected. */
export interface PackedFile {
  /** For example `@kshot/glyphs`. */
  readonly package: string
  /** For example `glyphs.bin`. */
  readonly file: string
  /** Its first four letters, for example `KGLY`. */
  readonly mark: string
}

/**
 * Checks the packed file of an embedded data set: its header, and its body inflated.
 * @throws `<name>/damaged`, for example `glyphs/damaged`
 */
export async function unpackFile<Header>(
  bytes: Uint8Array,
  file: PackedFile,
): Promise<{ readonly header: Header; readonly body: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < PREAMBLE || new TextDecoder().decode(bytes.subarray(0, 4)) !== file.mark) {
    throw damagedFile(file, `${bytes.length} bytes that do not begin with the mark ${file.mark}`)
  }
  if (crc32(bytes.subarray(8)) !== view.getUint32(4, true)) {
    throw damagedFile(file, `${bytes.length} bytes whose checksum does not match`)
  }
  const from = PREAMBLE + view.getUint32(8, true)
  const header = new TextDecoder().decode(bytes.subarray(PREAMBLE, from))
  return { header: JSON.parse(header), body: await inflate(bytes.subarray(from)) }
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
  const inflated = stream.pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(inflated).arrayBuffer())
}

/** `<name>/damaged`: bytes that differ from those that were packed. */
export function damagedFile(
  { package: name, file }: Omit<PackedFile, 'mark'>,
  got: string,
  cause?: unknown,
): KshotError {
  return new KshotError(`${familyOf(name)}/damaged`, {
    got,
    expected: `the complete ${file} from this version of ${name}`,
    remedy: 'Reinstall the package, or check the source that you passed',
    cause,
  })
}
