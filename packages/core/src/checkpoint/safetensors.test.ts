import { codeOf } from '@kshot/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../crc32'
import { type DType, decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors'

const WIDTH = { float32: 4, int32: 4, float16: 2, int8: 1, bool: 1 }

const storedTensor = fc
  .record({
    path: fc.string().filter((name) => name !== '__metadata__'),
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
    dtype: fc.constantFrom<DType>('float32', 'int32', 'bool'),
    fill: fc.integer({ min: 0, max: 1 }),
  })
  .map(({ path, shape, dtype, fill }): StoredTensor => {
    const size = shape.reduce((a, b) => a * b, WIDTH[dtype])
    return { path, shape, dtype, bytes: new Uint8Array(size).fill(fill) }
  })
const tensors = fc.uniqueArray(storedTensor, { selector: ({ path }) => path, maxLength: 6 })
const texts = fc.dictionary(fc.string(), fc.string())

const byPath = (list: readonly StoredTensor[]) =>
  [...list].sort((a, b) => (a.path < b.path ? -1 : 1))

describe('safetensors', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(tensors, texts, (list, metadata) => {
        const decoded = decodeSafetensors(encodeSafetensors(list, metadata))
        expect(byPath(decoded.tensors)).toEqual(byPath(list))
        expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort())
      }),
    )
  })

  it('writes the same bytes for any order, aligned', () => {
    fc.assert(
      fc.property(tensors, texts, (list, metadata) => {
        const file = encodeSafetensors(list, metadata)
        const reversed = Object.fromEntries(Object.entries(metadata).reverse())
        expect(encodeSafetensors([...list].reverse(), reversed)).toEqual(file)
        for (const { dtype, bytes } of decodeSafetensors(file).tensors) {
          expect(bytes.byteOffset % WIDTH[dtype]).toBe(0)
        }
        expect(new DataView(file.buffer).getUint32(0, true) % 8).toBe(0)
      }),
    )
  })

  it('reads a file that lies anywhere in a buffer', () => {
    const file = encodeSafetensors([bool('a', [1, 0, 1])])
    const larger = new Uint8Array(file.length + 7)
    larger.set(file, 3)
    const decoded = decodeSafetensors(larger.subarray(3, 3 + file.length))
    expect(decoded.tensors).toEqual([bool('a', [1, 0, 1])])
  })

  it('has the layout of the specification', () => {
    const bytes = Uint8Array.of(0, 0, 128, 63)
    const file = encodeSafetensors([{ path: 'w', shape: [], dtype: 'float32', bytes }], { b: '1' })
    const header = '{"__metadata__":{"b":"1"},"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}'
    const text = new TextDecoder().decode(file.subarray(8, -4))
    expect(text).toBe(header.padEnd(Math.ceil(header.length / 8) * 8))
    expect([...file.subarray(-4)]).toEqual([...bytes])
  })

  it.each<[string, readonly StoredTensor[]]>([
    ['a name that stands twice', [bool('a', [1]), bool('a', [0])]],
    ['the name of the metadata', [bool('__metadata__', [1])]],
    ['too few bytes', [{ ...bool('a', [1]), shape: [2] }]],
  ])('does not write %s', (_, list) => {
    expect(codeOf(() => encodeSafetensors(list))).toBe('checkpoint/bad-tensor')
  })
})

describe('damaged files', () => {
  const good = encodeSafetensors(
    [
      bool('flags', [1, 0, 1]),
      { path: 'w', shape: [2], dtype: 'float32', bytes: new Uint8Array(8) },
    ],
    { note: 'x' },
  )

  it('every truncation is seen', () => {
    for (let length = 0; length < good.length; length++) {
      expect(codeOf(() => decodeSafetensors(good.subarray(0, length)))).toBe('checkpoint/damaged')
    }
  })

  it('random bytes are refused and never crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(codeOf(() => decodeSafetensors(bytes))).toBe('checkpoint/damaged')
      }),
    )
  })

  const entry = (range: string, rest = '"dtype":"F32","shape":[1]') =>
    `{${rest},"data_offsets":[${range}]}`
  it.each<[string, string, number, string]>([
    ['no JSON', '{"a":', 0, 'header'],
    ['no object', '[]', 0, "it does not begin with '{'"],
    ['a space first', ' {}', 0, "it does not begin with '{'"],
    ['a name twice', `{"a":${entry('0,4')},"a":${entry('0,4')}}`, 4, "'a' stands twice"],
    ['a name twice, once escaped', `{"a":${entry('0,4')},"\\u0061":${entry('0,4')}}`, 4, 'twice'],
    [
      'a key twice',
      '{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}',
      4,
      'twice',
    ],
    ['an unknown type', `{"a":${entry('0,8', '"dtype":"F64","shape":[1]')}}`, 8, 'F64'],
    [
      'a type of Object.prototype',
      `{"a":${entry('0,4', '"dtype":"toString","shape":[1]')}}`,
      4,
      'toString',
    ],
    ['no type', `{"a":${entry('0,4', '"shape":[1]')}}`, 4, "entry of 'a'"],
    [
      'an unknown key',
      `{"a":${entry('0,4', '"x":1,"dtype":"F32","shape":[1]')}}`,
      4,
      "entry of 'a'",
    ],
    ['a negative size', `{"a":${entry('0,4', '"dtype":"F32","shape":[-1]')}}`, 4, "entry of 'a'"],
    ['half a size', `{"a":${entry('0,4', '"dtype":"F32","shape":[0.5]')}}`, 4, "entry of 'a'"],
    [
      'a size beyond integers',
      `{"a":${entry('0,4', '"dtype":"F32","shape":[1e300]')}}`,
      4,
      'entry',
    ],
    [
      'a product beyond integers',
      `{"a":${entry('0,4', `"dtype":"F32","shape":[${Array(9).fill(2 ** 52)}]`)}}`,
      4,
      "'a'",
    ],
    ['three offsets', `{"a":${entry('0,4,4')}}`, 4, "entry of 'a'"],
    ['offsets backwards', `{"a":${entry('4,0')}}`, 4, "'a' at bytes 4 to 0"],
    ['offsets beyond the end', `{"a":${entry('4,8')}}`, 4, "'a' at bytes 4 to 8"],
    ['a size that differs from the shape', `{"a":${entry('0,8')}}`, 8, "'a' at bytes 0 to 8"],
    ['a hole', `{"a":${entry('0,4')},"b":${entry('8,12')}}`, 12, "a hole before 'b'"],
    ['an overlap', `{"a":${entry('0,4')},"b":${entry('2,6')}}`, 6, "an overlap before 'b'"],
    ['the same bytes twice', `{"a":${entry('0,4')},"b":${entry('0,4')}}`, 4, 'an overlap'],
    ['trailing bytes', `{"a":${entry('0,4')}}`, 5, '1 bytes after the last'],
    ['data without tensors', '{}', 3, '3 bytes after the last'],
    ['metadata that is no text', '{"__metadata__":{"a":1}}', 0, "'__metadata__'"],
    ['metadata that is a list', '{"__metadata__":["a"]}', 0, "'__metadata__'"],
    ['an entry that is null', '{"a":null}', 0, "entry of 'a'"],
  ])('%s', (_, header, size, where) => {
    const decode = () => decodeSafetensors(fileOf(header, size))
    expect(codeOf(decode)).toBe('checkpoint/damaged')
    expect(decode).toThrow(where)
  })

  it('a bool that is neither 0 nor 1', () => {
    const header = `{"a":${entry('0,1', '"dtype":"BOOL","shape":[]')}}`
    const file = fileOf(header, 1)
    file[file.length - 1] = 2
    expect(() => decodeSafetensors(file)).toThrow("a byte above 1 in 'a'")
  })

  it('a header that is no UTF-8', () => {
    const file = fileOf('{"a":1}', 0)
    file[10] = 0xff
    expect(codeOf(() => decodeSafetensors(file))).toBe('checkpoint/damaged')
  })

  it.each([[[255, 255, 255, 255, 255, 255, 255, 255]], [[0, 0, 0, 0, 1, 0, 0, 0]]])(
    'a header length of %j',
    (length) => {
      const file = new Uint8Array(64)
      file.set(length)
      expect(() => decodeSafetensors(file)).toThrow('at byte 0')
    },
  )

  it('a long header with quotes and backslashes is read', () => {
    const note = '"\\'.repeat(1_000_000)
    expect(decodeSafetensors(encodeSafetensors([], { note })).metadata).toEqual({ note })
  })
})

describe('crc32', () => {
  it('has the check value of the specification', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array())).toBe(0)
  })
})

function bool(path: string, values: number[]): StoredTensor {
  return { path, shape: [values.length], dtype: 'bool', bytes: Uint8Array.from(values) }
}

function fileOf(header: string, size: number): Uint8Array {
  const text = new TextEncoder().encode(header)
  const file = new Uint8Array(8 + text.length + size)
  file[0] = text.length & 255
  file[1] = text.length >> 8
  file.set(text, 8)
  return file
}
