import { KshotError } from '../errors'

export function nothingToAsk(labels: number): KshotError {
  if (labels === 1) {
    return new KshotError('core/one-class', {
      got: 'a query to a classifier with one label',
      expected: 'at least two labels',
      remedy: 'Add examples of another label',
    })
  }
  return new KshotError('core/no-examples', {
    got: 'a query to a classifier without examples',
    expected: 'examples of at least two labels',
    remedy: 'Call addExample(label, input) first',
  })
}

export function isDisposed(): KshotError {
  return new KshotError('core/disposed', {
    got: 'a call to a disposed classifier',
    expected: 'a live classifier',
    remedy: 'Create another one, and load what you saved',
  })
}

export function badUnknown(unknown: unknown): KshotError {
  return new KshotError('core/bad-option', {
    got: `unknown: ${String(unknown)}`,
    expected: "'auto', false, or a threshold: a finite number on the scale of the head's scores",
    remedy: "Leave it out to use 'auto'",
  })
}

export function nothingToDecideBy(): KshotError {
  return new KshotError('core/bad-option', {
    got: 'a classifier with neither an encoder nor a learner',
    expected: '{ encoder }, or { learner, meta }',
    remedy:
      'Pass { encoder: imageEncoder() }, or a learner with the meta-parameters of loadMeta(…)',
  })
}

export function badPrior(prior: unknown): KshotError {
  return new KshotError('core/bad-option', {
    got: `prior: ${String(prior)}`,
    expected: "'uniform' or 'examples'",
    remedy: "Leave it out to use 'uniform'",
  })
}

export function notFiniteScores(): KshotError {
  return new KshotError('core/not-finite', {
    got: 'scores that are not finite numbers',
    expected: 'a finite score for each label',
    remedy: 'Check the range of the inputs and the meta-parameters of the learner',
  })
}
