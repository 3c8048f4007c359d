import { KshotError } from '@kshot/core'
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from './exit-codes'

const error = (code: string, cause?: unknown) =>
  new KshotError(code, { got: 'a', expected: 'b', remedy: 'c', cause })

describe('the exit code', () => {
  it.each([
    ['config/unknown-key', 2],
    ['protonet/no-classes', 2],
    ['backend/unavailable', 3],
    ['run/interrupted', 130],
    ['core/loss-not-finite', 1],
    ['workers/died', 1],
  ])('of %s is %i', (code, expected) => {
    expect(exitCodeOf(error(code))).toBe(expected)
  })

  it('of an error in a thread is that of its cause', () => {
    expect(exitCodeOf(error('workers/task-failed', error('protonet/no-classes')))).toBe(2)
    expect(exitCodeOf(error('workers/not-started', error('backend/unavailable')))).toBe(3)
    expect(exitCodeOf(error('workers/task-failed', new Error('no')))).toBe(1)
  })
})
