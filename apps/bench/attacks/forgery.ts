import { crc32 } from '@kshot/core'
import fc from 'fast-check'
import { hostileValue, mutation } from './hostile-json'

/** A safetensors file, taken apart. */
export interface Parts {
  /** With the metadata of safetensors. */
  readonly header: { readonly [name: string]: unknown }
  /** kshot's own document, which is a text in the metadata. */
  readonly document: unknown
  readonly data: Uint8Array
}

/** Writes something else into a file. */
export type Forge = (parts: Parts) => Parts

/** Somebody who knows the format has written something else, with a checksum that is right. */
export const forgery: fc.Arbitrary<Forge> = fc.oneof(
  {
    weight: 4,
    arbitrary: mutation.map(
      ({ apply }) =>
        (parts: Parts): Parts => ({ ...parts, document: apply(parts.document) }),
    ),
  },
  {
    weight: 3,
    arbitrary: mutation.map(
      ({ apply }) =>
        (parts: Parts): Parts => ({ ...parts, header: apply(parts.header) as Parts['header'] }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), hostileValue).map(
      ([where, shape]) =>
        (parts: Parts): Parts =>
          withEntry(parts, where, { shape }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom('I32', 'BOOL', 'F16', 'I8', 'F64', 'U8')).map(
      ([where, dtype]) =>
        (parts: Parts): Parts =>
          withEntry(parts, where, { dtype }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat().map(
      (where) =>
        (parts: Parts): Parts =>
          reshaped(parts, where),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.nat(),
          fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -3.4e38, 3.4e38, 1e30, 1e-45),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map(
        (all) =>
          (parts: Parts): Parts =>
            withNumbers(parts, all),
      ),
  },
)

function withEntry(parts: Parts, where: number, change: object): Parts {
  const names = Object.keys(parts.header).filter((name) => name !== '__metadata__')
  const name = names[where % names.length]!
  return {
    ...parts,
    header: { ...parts.header, [name]: { ...(parts.header[name] as object), ...change } },
  }
}

/** As many numbers in another shape. */
function reshaped(parts: Parts, where: number): Parts {
  const names = Object.keys(parts.header).filter((name) => name !== '__metadata__')
  const name = names[where % names.length]!
  const { shape } = parts.header[name] as { shape: number[] }
  const size = shape.reduce((product, n) => product * n, 1)
  const other = [[size], [1, ...shape], [...shape].reverse(), [...shape, 1]][where % 4]!
  return withEntry(parts, where, { shape: other })
}

function withNumbers(parts: Parts, all: readonly [number, number][]): Parts {
  const data = new Uint8Array(parts.data)
  const view = new DataView(data.buffer)
  for (const [where, value] of all) {
    view.setFloat32(4 * (where % Math.floor(data.length / 4)), value, true)
  }
  return { ...parts, data }
}

export function taken(file: Uint8Array): Parts {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString())
  const { kshot } = header.__metadata__
  return { header, document: kshot && JSON.parse(kshot), data: file.slice(8 + length) }
}

const MARK = '"kshot.crc32":"'

export function sealed({ header, document, data }: Parts): Uint8Array {
  const { __metadata__: metadata } = header as { __metadata__?: object }
  const isRecord = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
  const whole = isRecord
    ? {
        ...header,
        __metadata__: {
          ...metadata,
          ...(document !== undefined && { kshot: JSON.stringify(document) }),
        },
      }
    : header
  const text = Buffer.from(JSON.stringify(whole) ?? '')
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, 0x20)])
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(padded.length))
  const file = Buffer.concat([prefix, padded, data])
  const at = file.indexOf(MARK)
  if (at < 0) return new Uint8Array(file)
  file.write('00000000', at + MARK.length)
  file.write(crc32(file).toString(16).padStart(8, '0'), at + MARK.length)
  return new Uint8Array(file)
}
