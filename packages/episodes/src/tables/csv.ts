/**
 * The rows of a CSV text (RFC 4180): fields in double quotes may hold the delimiter, line breaks and
 * doubled quotes. Each row comes with the number of its first line.
 * @param most fields of a row
 * @throws Error where a quote is never closed, or has something behind it, or there are more fields
 */
export function* csvRows(
  text: string,
  delimiter = ',',
  most = Number.POSITIVE_INFINITY,
): Generator<{ line: number; fields: string[] }> {
  let [at, line] = [0, 1]
  while (at < text.length) {
    const row = { line, fields: [] as string[] }
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at) : plain(text, at, delimiter)
      row.fields.push(field.value)
      if (row.fields.length > most) throw new Error(`line ${line}: more than ${most} fields`)
      line += field.value.split('\n').length - 1
      at = field.end
      if (text[at] !== delimiter) break
      at++
    }
    if (text[at] === '\r') at++
    if (at < text.length && text[at] !== '\n') throw new Error(`line ${line}: text behind a quote`)
    at++
    line++
    // An empty line is no row.
    if (row.fields.length > 1 || row.fields[0] !== '') yield row
  }
}

interface Field {
  readonly value: string
  /** Where the next character stands. */
  readonly end: number
}

function plain(text: string, from: number, delimiter: string): Field {
  let end = from
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++
  const carriage = text[end] !== delimiter && text[end - 1] === '\r' && end > from
  return { value: text.slice(from, carriage ? end - 1 : end), end }
}

function quoted(text: string, from: number): Field {
  let value = ''
  for (let at = from + 1; ; ) {
    const end = text.indexOf('"', at)
    if (end < 0) throw new Error('a quote that is never closed')
    value += text.slice(at, end)
    if (text[end + 1] !== '"') return { value, end: end + 1 }
    value += '"'
    at = end + 2
  }
}
