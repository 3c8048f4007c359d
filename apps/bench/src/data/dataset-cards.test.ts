import { canonicalJson, type KshotError } from '@kshot/core'
import type { DatasetCard } from '@kshot/core/card'
import { episodes, fromArrays } from '@kshot/episodes'
import { assert, asyncProperty } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datasetCards } from '../catalogue/cards'
import { type DatasetConfig, dataset as schema } from '../catalogue/datasets'
import { perhapsWrong, refusal, taken } from '../catalogue/options.testing'
import { checked } from '../checking/checked'
import { openSplits, openTasks, partedOptions } from './open-dataset'

/** Rules of two values together, which no schema has: a factory's alone. */
const TOGETHER = ['two numbers, the smaller first', /shares .* that sum to 1/]

/** That files are missing says nothing of options. */
const isExcused = ({ code, expected }: KshotError) =>
  code === 'episodes/data-not-found' || TOGETHER.some((rule) => expected.match(rule))

const toy = fromArrays({ name: 'toy', shape: [2, 2, 1], x: new Array(16).fill(0), labels: [0, 0, 1, 1] })

/** What was opened before: reading the pictures once is enough. */
const known = new Set<string>()

/** As a run does: the data is opened, and episodes are drawn. */
async function opened({ examples }: DatasetCard, dataset: DatasetConfig): Promise<void> {
  episodes(toy, { ways: 2, shots: 1, queries: 1, seed: 1, ...partedOptions(dataset).inEpisodes })
  const key = canonicalJson([dataset.name, partedOptions(dataset).forFactory])
  if (known.has(key)) return
  if (examples === 'points') (await openTasks(dataset)).draw('test', { shots: 1, queries: 1, seed: 'x' })
  else await openSplits(dataset, undefined)
  known.add(key)
}

describe.each(datasetCards.map((card) => [card.name, card] as const))('the card of %s', (_, card) => {
  const { name, options } = card

  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(card))).toEqual(card)
  })

  it('takes nothing that the factory refuses', async () => {
    await assert(
      asyncProperty(taken(options), async (given) => {
        const dataset = checked(schema, { name, ...(given as object) })
        expect(await refusal(() => opened(card, dataset), isExcused)).toBeUndefined()
      }),
      { numRuns: 15 },
    )
  })

  it('refuses what the factory refuses, and the factory what it refuses', async () => {
    // A path is an argument of its own.
    const names = [...Object.keys(options.properties), 'unheardOf'].filter((one) => one !== 'path')
    await assert(
      asyncProperty(perhapsWrong(options, names), async (options) => {
        const given: DatasetConfig = JSON.parse(JSON.stringify({ name, ...options }))
        const byCard = await refusal(() => checked(schema, given), isExcused)
        const dataset = byCard === undefined ? checked(schema, given) : given
        const byFactory = await refusal(() => opened(card, dataset), isExcused)
        expect({ given, refused: byFactory !== undefined }).toEqual({
          given,
          refused: byCard !== undefined,
        })
      }),
      { numRuns: 60 },
    )
  })
})
