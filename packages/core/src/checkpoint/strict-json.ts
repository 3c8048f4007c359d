/** How much structure a text may have: `JSON.parse` takes hundreds of bytes for each bracket and name. */
const MOST = { depth: 64, names: 100_000, values: 1_000_000 } as const

/**
 * `JSON.parse` of a stranger's text. How much structure it has is counted before anything is parsed;
 * a name that stands twice in one object is no JSON either.
 * @throws SyntaxError
 */
export function parseStrictJson(text: string): unknown {
  checkStructure(text)
  const value: unknown = JSON.parse(text)
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [character, from, to] of tokens(text)) {
    if (character === '{' || character === '[') open.push(undefined)
    else if (character === '}' || character === ']') open.pop()
    else if (character === '"') last = text.slice(from, to)
    else if (character === ':') open.push(withName(open.pop(), JSON.parse(last) as string))
  }
  return value
}

function checkStructure(text: string): void {
  let [depth, names, values] = [0, 0, 0]
  for (const [character] of tokens(text)) {
    if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    else if (character === ':') names++
    else if (character === ',') values++
    if (depth > MOST.depth) throw new SyntaxError(`it nests more than ${MOST.depth} deep`)
    if (names > MOST.names) throw new SyntaxError(`it has more than ${MOST.names} names`)
    if (values > MOST.values) throw new SyntaxError(`it has more than ${MOST.values} values`)
  }
}

type Token = readonly [character: string, from: number, to: number]

/** The brackets, colons, commas and strings of a text, as JSON has them. */
function* tokens(text: string): Generator<Token> {
  const token = /["{}[\]:,]/g
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const from = found.index
    const to = found[0] === '"' ? endOfString(text, from) : from + 1
    yield [found[0], from, to]
    token.lastIndex = to
  }
}

// By hand: a regular expression overflows the stack on strings of some megabytes.
function endOfString(text: string, begin: number): number {
  for (let i = begin + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === BACKSLASH) i++
    else if (code === QUOTE) return i + 1
  }
  return text.length
}

const [QUOTE, BACKSLASH] = ['"'.charCodeAt(0), '\\'.charCodeAt(0)]

/** Few objects have names by the million; most have none when they are opened. */
function withName(names: Set<string> | undefined, name: string): Set<string> {
  if (names?.has(name)) throw new SyntaxError(`'${name}' stands twice`)
  return (names ?? new Set()).add(name)
}
