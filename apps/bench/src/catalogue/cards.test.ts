import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkSpec, fromSpec, isKshotError, type Role, type Schema, type Spec } from '@kshot/core'
import type { AnyCard } from '@kshot/core/card'
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  oneof,
  record,
  string,
  tuple,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cards } from './cards'
import { registry } from './registry'

/** A spec that fits wherever a role stands. */
const PARTS: { readonly [role in Role]?: Spec } = {
  model: { package: '@kshot/core', export: 'conv4', options: { filters: 2 } },
  optimizer: { package: '@kshot/core', export: 'sgd', options: { rate: 0.1 } },
  schedule: { package: '@kshot/core', export: 'constant', options: { value: 0.1 } },
  encoder: {
    package: '@kshot/core',
    export: 'customEncoder',
    options: { name: 'x', dimensions: 2 },
  },
}

/** Values that a schema takes. */
function taken(schema: Schema): Arbitrary<unknown> {
  const { role, anyOf, type, items, prefixItems, properties, required = [] } = schema
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  if (role) return constant(PARTS[role])
  if (anyOf) return oneof(...anyOf.map(taken))
  if (schema.enum) return constantFrom(...schema.enum)
  if (prefixItems) return tuple(...prefixItems.map(taken))
  if (type === 'array') return array(taken(items as Schema), { minLength: 1, maxLength: 2 })
  if (type === 'boolean') return boolean()
  if (type === 'string') return string({ minLength: 1 }).map(() => 'norm')
  if (type === 'integer') return integer({ min: minimum ?? 0, max: 6 })
  if (type === 'number') {
    return double({
      min: exclusiveMinimum ?? minimum ?? 0,
      max: exclusiveMaximum ?? maximum ?? 3,
      minExcluded: exclusiveMinimum !== undefined,
      maxExcluded: exclusiveMaximum !== undefined,
      noNaN: true,
    })
  }
  const entries = Object.entries(properties ?? {}).map(([name, part]) => [name, taken(part)])
  return record(Object.fromEntries(entries), { requiredKeys: [...required] as never[] })
}

const code = (error: unknown) => (isKshotError(error) ? error.code : `untyped: ${error}`)
const specOf = ({ factory }: AnyCard, options: unknown) => ({ ...factory, options })

/** A head has as many units as ways, and that is said of two options together. */
const acrossOptions = (error: unknown) =>
  isKshotError(error, 'maml/bad-option') && error.got.startsWith('head ')

describe.each(cards.map((card) => [card.factory.export, card] as const))(
  'the card of %s',
  (_, card) => {
    it('is JSON', () => {
      expect(JSON.parse(JSON.stringify(card))).toEqual(card)
    })

    it('takes no options but those that the factory builds with, and takes those that it writes', async () => {
      await assert(
        asyncProperty(taken(card.options), async (options) => {
          const spec = specOf(card, JSON.parse(JSON.stringify(options)))
          checkSpec(spec, card.role, registry)
          const built = await fromSpec<{ spec: Spec }>(spec, card.role, registry).catch((error) => {
            if (acrossOptions(error)) return undefined
            throw new Error(`${JSON.stringify(spec)}: ${code(error)}`)
          })
          if (!built) return
          const written = JSON.parse(JSON.stringify(built.spec))
          checkSpec(written, card.role, registry)
        }),
        { numRuns: 25 },
      )
    })

    it.each(Object.keys(card.options.properties))('refuses nonsense as %s', async (option) => {
      const [sound] = [await soundOptions(card)]
      for (const nonsense of [{ no: 'sense' }, 'nonsense', -1.5, [[]]]) {
        const spec = specOf(card, { ...sound, [option]: nonsense })
        if (nonsense === 'nonsense' && card.options.properties[option]!.type === 'string') continue
        expect(() => checkSpec(spec, card.role, registry)).toThrow()
      }
    })
  },
)

async function soundOptions({ options }: AnyCard): Promise<object> {
  const required = options.required ?? []
  const { sample } = await import('fast-check')
  const entries = required.map((name) => [
    name,
    sample(taken(options.properties[name]!), { numRuns: 1, seed: 1 })[0],
  ])
  return Object.fromEntries(entries)
}

describe('committed results', () => {
  const root = fileURLToPath(new URL('../../../../leaderboards/', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('results.jsonl'),
  )

  it.each(files)('%s names learners that may be named, with options that are taken', (name) => {
    const lines = readFileSync(join(root, name), 'utf8').trim().split('\n')
    const specs = lines
      .map((line) => JSON.parse(line).learner)
      .filter((learner) => learner?.package)
    expect(specs.length).toBeGreaterThan(0)
    for (const spec of specs) checkSpec(spec, 'learner', registry)
  })
})
