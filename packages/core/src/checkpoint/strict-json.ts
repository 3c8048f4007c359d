/** `JSON.parse`, but a duplicate name in one object is a `SyntaxError`. */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const open: Set<string>[] = []
  let last = ''
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '{' || character === '[') open.push(new Set())
    else if (character === '}' || character === ']') open.pop()
    else if (character === ':') addOnce(open.at(-1)!, JSON.parse(last) as string)
    else if (character === '"') {
      const end = endOfString(text, i)
      last = text.slice(i, end)
      i = end - 1
    }
  }
  return value
}

// By hand: a regular expression overflows the stack on strings of some megabytes.
function endOfString(text: string, begin: number): number {
  let quote = text.indexOf('"', begin + 1)
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote + 1
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function addOnce(names: Set<string>, name: string): void {
  if (names.has(name)) throw new SyntaxError(`'${name}' stands twice`)
  names.add(name)
}
