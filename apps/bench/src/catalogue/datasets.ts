import { KshotError } from '@kshot/core'
import type { DatasetCard } from '@kshot/core/card'
import { z } from 'zod'
import { datasetCards } from './cards'
import { schemaOf } from './roles'
import { shapeOf } from './zod'

/** A data set as a run names it: its options stand next to its name. */
export interface DatasetConfig {
  readonly name: string
  readonly [option: string]: unknown
}

/** The same in a leaderboard. */
export interface DataConfig {
  readonly kind: string
  readonly [option: string]: unknown
}

/** The data set of a run. */
export const dataset: z.ZodType<DatasetConfig, DatasetConfig> = named('name', datasetCards)

/** The data of a leaderboard, which ranks accuracies: a regression has none. */
export const data: z.ZodType<DataConfig, DataConfig> = named(
  'kind',
  datasetCards.filter(({ examples }) => examples !== 'points'),
)

/** The card of a data set that a configuration names. */
export function datasetCard({ name }: DatasetConfig): DatasetCard {
  const card = datasetCards.find((card) => card.name === name)
  if (card) return card
  const names = datasetCards.map(({ name }) => name).join(', ')
  throw new KshotError('config/bad-value', {
    got: `the data set '${name}'`,
    expected: `one of ${names}`,
    remedy: 'See npx kshot ls datasets',
  })
}

/** Regressions have points instead of classes. */
export function isRegression(dataset: DatasetConfig): boolean {
  return datasetCard(dataset).examples === 'points'
}

function named<T>(key: 'name' | 'kind', cards: readonly DatasetCard[]): z.ZodType<T, T> {
  const forms = cards.map(({ name, options }) =>
    z.strictObject({ [key]: z.literal(name), ...shapeOf(options, schemaOf) }),
  )
  // Made of data, whose types zod can't infer.
  return z.discriminatedUnion(key, forms as never) as unknown as z.ZodType<T, T>
}
