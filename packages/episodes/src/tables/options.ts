import {
  described,
  flag,
  listOf,
  options,
  positive,
  type Schema,
  withDefault,
} from '@kshot/core/options'
import { ownOptions } from '../own-options'

const name = { type: 'string' } as const satisfies Schema

const tableOptions = {
  ...ownOptions,
  label: described('The column or key with the class.', withDefault('label', name)),
  delimiter: described('Between the fields of a line; default: whichever splits the first line.', {
    type: 'string',
    minLength: 1,
    maxLength: 1,
  }),
  minExamples: described('Classes with fewer examples are left out.', positive),
}

/** What {@link VectorFileOptions} may be. */
export const vectorFileOptions = options({
  ...tableOptions,
  columns: described(
    'The columns that are features; default: all but row numbers and constants.',
    listOf(name),
  ),
  exclude: described('Columns that are not features.', listOf(name)),
  vector: described('The column or key with the whole vector as a list.', name),
  standardise: described(
    'Each feature gets mean 0 and deviation 1 over the training examples.',
    withDefault(true, flag),
  ),
})

/** Numbers per example. */
export const features = described(
  'Numbers per example: hashed n-grams.',
  withDefault(1024, { type: 'integer', minimum: 2 }),
)

/** What {@link TextFileOptions} may be. */
export const textFileOptions = options({
  ...tableOptions,
  text: described('The column or key with the text.', withDefault('text', name)),
  features,
})
