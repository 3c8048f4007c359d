import { printableLines } from '@kshot/results'

/** Text that is HTML already; everything else is escaped when it is put into some. */
export interface Html {
  readonly html: string
}

type Part = Html | string | number | readonly Part[] | undefined | false

/** HTML with its values escaped; lists are joined, `undefined` and `false` are nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, i) => string + (i < parts.length ? textOf(parts[i]) : ''))
  return { html: text.join('') }
}

export const raw = (html: string): Html => ({ html })

function textOf(part: Part): string {
  if (part === undefined || part === false) return ''
  if (Array.isArray(part)) return part.map(textOf).join('')
  return typeof part === 'object' ? (part as Html).html : escaped(String(part))
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escaped(text: string): string {
  return printableLines(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
