import { isKshotError, mlp, sgd } from '@kshot/core'
import { expect, it } from 'vitest'
import { checkOptions } from './check-options'
import {
  either,
  flag,
  normalisation,
  options,
  positive,
  rate,
  regex,
  role,
  tuple,
} from './keywords'

const schema = options(
  {
    net: role('model'),
    rate: either(rate, role('schedule')),
    context: either(flag, positive),
    range: tuple(rate, rate),
    adapts: regex,
    normalisation: normalisation(['running', 'none']),
  },
  'net',
)

function fault(given: unknown) {
  try {
    checkOptions('x/bad-option', 'learner', schema, given)
    return 'taken'
  } catch (error) {
    if (!isKshotError(error, 'x/bad-option')) throw error
    return `${error.got} → ${error.expected}`
  }
}

it.each([
  [{ net: mlp() }, 'taken'],
  [{ net: mlp(), rate: undefined, context: true, range: [1, 2], adapts: '^a' }, 'taken'],
  [{}, 'learner without net → a net, as in conv4()'],
  [
    undefined,
    'learner without options → a record { net, rate, context, range, adapts, normalisation }',
  ],
  [{ net: sgd(1) }, 'learner with net a record → a net, as in conv4()'],
  [{ net: {} }, 'learner with net {} → a net, as in conv4()'],
  [
    { net: mlp(), rate: 0 },
    'learner with rate 0 → a number above 0, or a schedule, as in cosine({ initial, steps })',
  ],
  // An array has a method `at`, and is no schedule.
  [
    { net: mlp(), rate: [1] },
    'learner with rate [1] → a number above 0, or a schedule, as in cosine({ initial, steps })',
  ],
  [
    { net: mlp(), context: 1.5 },
    'learner with context 1.5 → true or false, or a whole number of at least 1',
  ],
  [
    { net: mlp(), range: [1] },
    'learner with range [1] → a list [a number above 0; a number above 0]',
  ],
  [{ net: mlp(), range: [1, Number.NaN] }, 'learner with range.1 NaN → a number above 0'],
  [{ net: mlp(), adapts: '(' }, "learner with adapts '(' → a regular expression"],
  [
    { net: mlp(), normalisation: { test: 'batch' } },
    "learner with normalisation.test 'batch' → one of 'running', 'none'",
  ],
  [
    { net: mlp(), rat: 1 },
    'learner with rat 1 → one of the options net, rate, context, range, adapts, normalisation',
  ],
])('%j: %s', (given, expected) => {
  expect(fault(given)).toBe(expected)
})
