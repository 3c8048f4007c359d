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
