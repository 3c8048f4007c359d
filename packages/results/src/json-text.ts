/** No result nests as deep; `JSON.parse` takes hundreds of bytes for each bracket of a deeper one. */
const DEEPEST = 64

/**
 * JSON from a stranger: its nesting is checked before it is parsed. A byte order mark is skipped.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const document = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (nestsDeeper(document, DEEPEST)) {
    throw new SyntaxError(`JSON that nests more than ${DEEPEST} deep`)
  }
  return JSON.parse(document)
}

/** What JSON leaves as it is, and a terminal may obey: controls, and marks that turn a text around. */
const OBEYED = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * A value as JSON for a terminal or another program: indented, with a line break at the end. What could
 * control a terminal is written by its number.
 */
export function printedJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  const number = (character: string) => character.charCodeAt(0).toString(16).padStart(4, '0')
  return `${text.replace(OBEYED, (character) => `\\u${number(character)}`)}\n`
}

function nestsDeeper(text: string, deepest: number): boolean {
  let [depth, inString] = [0, false]
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (inString) {
      if (c === '\\') i++
      else if (c === '"') inString = false
    } else if (c === '"') inString = true
    else if (c === '[' || c === '{') depth++
    else if (c === ']' || c === '}') depth--
    if (depth > deepest) return true
  }
  return false
}
