import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRows } from './csv'

const rows = (text: string, delimiter?: string) =>
  [...csvRows(text, delimiter)].map(({ fields }) => fields)

describe('CSV', () => {
  it('reads quotes, line breaks in them, and both kinds of line ends', () => {
    const text = 'a,b\r\n"x, ""y""","two\nlines"\n,\n\nlast,1'
    expect(rows(text)).toEqual([
      ['a', 'b'],
      ['x, "y"', 'two\nlines'],
      ['', ''],
      ['last', '1'],
    ])
  })

  it('says where each row begins', () => {
    const lines = [...csvRows('a\n"b\nb"\n\nc\n')].map(({ line }) => line)
    expect(lines).toEqual([1, 2, 5])
  })

  it('takes another delimiter', () => {
    expect(rows('a\tb,c\n', '\t')).toEqual([['a', 'b,c']])
  })

  it('refuses a quote that is never closed, and text behind one', () => {
    expect(() => rows('a,"b')).toThrow('never closed')
    expect(() => rows('x\n"a"b\n')).toThrow('line 2')
  })

  it('refuses a field of many quotes before it has read them all', () => {
    expect(() => [...csvRows(`a\n"${'x""'.repeat(2 ** 20)}"`)]).toThrow('more than 1048576 char')
  })

  it('gives back whatever was written', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') })
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 })
    const quote = (value: string) => `"${value.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (fields, end) => {
        const text = fields.map((row) => row.map(quote).join(',') + end).join('')
        expect(rows(text)).toEqual(fields)
      }),
    )
  })
})
