/**
 * What steers a terminal, breaks XML or turns text around: control characters but for line breaks and tabs,
 * bidirectional overrides, halves of a surrogate pair.
 */
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is meant
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const LINE_BREAKS = /[\n\r\t\u2028\u2029]+/g

/**
 * Text from a file as one safe line: whatever could control a terminal becomes `\ufffd`.
 * @example printable('\u001b[2Jgone\nnext') // '\ufffd[2Jgone next'
 */
export function printable(text: string): string {
  return text.replace(LINE_BREAKS, ' ').replace(STEERING, '\ufffd')
}

/** The same for a text of several lines, which it keeps. */
export function printableLines(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(STEERING, '\ufffd')
}

/** A value with all its strings, and the names of its keys, {@link printable}. */
export function allPrintable<T>(value: T): T {
  return mapped(value) as T
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return printable(value)
  if (Array.isArray(value)) {
    // Scores and predictions are long.
    return value.every((one) => typeof one === 'number') ? value : value.map(mapped)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [printable(key), mapped(one)]),
  )
}
