import { parseHTML } from 'linkedom'

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is meant
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** The first character that steers a terminal, or turns the direction of writing. */
export function steering(text: string): string | undefined {
  const found = STEERING.exec(text.replaceAll('\r\n', '\n'))
  return found ? `the character ${JSON.stringify(found[0])} at ${found.index}` : undefined
}

/** Tags with their attributes that a page has with plain names, too. */
export function foreignMarkup(text: string, plain: string): string | undefined {
  const known = new Set(markupIn(plain))
  const foreign = markupIn(text).find((one) => !known.has(one))
  if (foreign) return `the markup ${foreign}`
  const link = linksIn(text).find((address) => !/^(#|data:image\/|$)/.test(address))
  return link === undefined ? undefined : `the link ${link}`
}

function linksIn(text: string): string[] {
  const { document } = parseHTML(text)
  return [...document.querySelectorAll('[src],[href]')].map(
    (one) => one.getAttribute('src') ?? one.getAttribute('href') ?? '',
  )
}

function markupIn(text: string): string[] {
  const { document } = parseHTML(text)
  return [...document.querySelectorAll('*')].flatMap(({ tagName, attributes }) => [
    tagName,
    ...[...attributes].map(({ name }) => `${tagName} ${name}`),
  ])
}
