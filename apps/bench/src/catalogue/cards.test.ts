import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  canonicalJson,
  checkSpec,
  type Entry,
  fromSpec,
  type KshotError,
  type MetaLearner,
  type Spec,
} from '@kshot/core'
import { type AnyCard, ROLES } from '@kshot/core/card'
import { assert, asyncProperty, sample } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cards, learnerCards } from './cards'
import { PARTS, perhapsWrong, refusal, taken } from './options.testing'
import { registry } from './registry'

const specOf = ({ factory }: AnyCard, options: object) =>
  ({ ...factory, options }) as unknown as Spec

// A head has as many units as ways: the rule of two options together is the factory's alone, since a
// leaderboard fills in the ways of its settings.
const needsWays = ({ got }: KshotError) => got === "head 'fixed' without ways"

/** Options with the parts that its specs name. */
async function withParts(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value
  const role = ROLES.find((role) => canonicalJson(PARTS[role]) === canonicalJson(value))
  if (role) return fromSpec(value, role, registry)
  if (Array.isArray(value)) return Promise.all(value.map(withParts))
  const entries = Object.entries(value).map(async ([key, part]) => [key, await withParts(part)])
  return Object.fromEntries(await Promise.all(entries))
}

describe.each(cards.map((card) => [card.factory.export, card] as const))(
  'the card of %s',
  (_, card) => {
    it('is JSON', () => {
      expect(JSON.parse(JSON.stringify(card))).toEqual(card)
    })

    it('takes what the factory writes', async () => {
      await assert(
        asyncProperty(taken(card.options), async (options) => {
          const spec = specOf(card, JSON.parse(JSON.stringify(options)))
          const build = () => fromSpec<{ spec: Spec }>(spec, card.role, registry)
          expect(await refusal(build, needsWays)).toBeUndefined()
          const { spec: written } = await build().catch(() => ({ spec }))
          checkSpec(JSON.parse(JSON.stringify(written)), card.role, registry)
        }),
        { numRuns: 25 },
      )
    })

    // An encoder's factory takes what an app gives it, of which no file says anything.
    it.skipIf('takes' in card)(
      'refuses whatever the factory refuses, and the factory whatever it refuses',
      async () => {
        const entry = registry[card.role]![card.factory.package]![card.factory.export] as Entry
        const factory = await entry.load()
        await assert(
          asyncProperty(perhapsWrong(card.options), async (given) => {
            const options = JSON.parse(JSON.stringify(given))
            const byCard = await refusal(
              () => checkSpec(specOf(card, options), card.role, registry),
              needsWays,
            )
            const built = await withParts(options)
            const byFactory = await refusal(() => factory(built), needsWays)
            expect({ options, refused: byFactory !== undefined }).toEqual({
              options,
              refused: byCard !== undefined,
            })
          }),
          { numRuns: 150 },
        )
      },
    )
  },
)

describe.each(learnerCards.map((card) => [card.factory.export, card] as const))(
  'the card of the learner %s',
  (_, card) => {
    it('says whether it learns from tasks, as the learner does', async () => {
      const some = sample(taken(card.options), { numRuns: 1, seed: 1 })[0] as object
      const ways = 'ways' in card.options.properties && { ways: 2 }
      const spec = specOf(card, { ...some, ...ways })
      const { trainsOn } = await fromSpec<MetaLearner>(spec, 'learner', registry)
      expect(trainsOn === 'nothing').toBe(card.untrained === true)
    })
  },
)

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
