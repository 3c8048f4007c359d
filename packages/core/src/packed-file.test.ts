import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32 } from './crc32'
import { isKshotError } from './errors'
import { unpackFile } from './packed-file'

const file = { package: '@kshot/some', file: 'some.bin', mark: 'KSOM' }

function pack(header: object, body: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  const rest = Buffer.concat([length, json, deflateRawSync(body)])
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(rest))
  return new Uint8Array(Buffer.concat([Buffer.from('KSOM'), sum, rest]))
}

const body = Uint8Array.from({ length: 1000 }, (_, i) => i % 7)
const packed = pack({ names: ['ä', 'b'] }, body)

test('a packed file is its header and its body', async () => {
  expect(await unpackFile(packed, file)).toEqual({ header: { names: ['ä', 'b'] }, body })
})

test('any changed byte, a cut and another mark are told apart from the whole file', async () => {
  const changed = Array.from(packed, (_, at) => packed.map((b, i) => (i === at ? b ^ 0x10 : b)))
  const cuts = Array.from(packed, (_, length) => packed.subarray(0, length))
  for (const bytes of [...changed, ...cuts]) {
    const error = await unpackFile(bytes, file).catch((caught) => caught)
    expect(isKshotError(error, 'some/damaged')).toBe(true)
  }
})
