import type { DatasetCard, Schema } from '@kshot/core/card'
import { phrase } from '@kshot/core/options'

/** Tables of data sets and of their options, from the cards. */
export function datasetsText(cards: readonly DatasetCard[]): string {
  const rows = cards.map(({ name, sentence, source, licence = '' }) => [
    `\`${name}\``,
    sentence,
    source,
    licence,
  ])
  const options = optionsOf(cards).map(({ name, of, schema, required }) => [
    `\`${name}\``,
    of.join(', '),
    valuesOf(schema),
    required ? 'required' : defaultOf(schema),
    schema.description?.replace(/\.$/, '') ?? '',
  ])
  return `${table(['name', 'data', 'source', 'licence'], rows)}

${table(['option', 'of', 'values', 'default', 'meaning'], options)}
`
}

interface Option {
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
  /** Data sets that have it. */
  readonly of: string[]
}

/** Each option once, with the data sets that have the same one. */
function optionsOf(cards: readonly DatasetCard[]): Option[] {
  const all = new Map<string, Option>()
  for (const { name: dataset, options } of cards) {
    for (const [name, schema] of Object.entries(options.properties)) {
      const required = options.required?.includes(name) ?? false
      const key = JSON.stringify([name, schema, required])
      const known = all.get(key) ?? { name, schema, required, of: [] }
      known.of.push(dataset)
      all.set(key, known)
    }
  }
  return [...all.values()]
}

function valuesOf(schema: Schema): string {
  const { type, properties } = schema
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (type === 'boolean') return '`true`, `false`'
  return properties ? Object.keys(properties).map(code).join(', ') : phrase(schema)
}

function defaultOf({ default: value }: Schema): string {
  return value === undefined ? '' : code(value)
}

function code(value: unknown): string {
  return `\`${value}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
