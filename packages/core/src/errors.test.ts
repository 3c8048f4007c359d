import { expect, it } from 'vitest'
import { isKshotError, KshotError } from './errors'

it('says what it got, what it expected and what to do', () => {
  const error = new KshotError('core/x', { got: 'a', expected: 'b', remedy: 'Do c!' })
  expect(error.message).toBe('a. Expected: b. Do c!')
})

it('is recognised across copies of the package, by code and by family', () => {
  const foreign = { [Symbol.for('kshot.error')]: true, code: 'episodes/too-few-classes' }
  expect(isKshotError(foreign)).toBe(true)
  expect(isKshotError(foreign, 'episodes/')).toBe(true)
  expect(isKshotError(foreign, 'episodes/other')).toBe(false)
  expect(isKshotError(new Error('x'))).toBe(false)
})
