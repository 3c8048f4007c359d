import { openSync } from 'node:fs'
import { isKshotError, KshotError } from '@kshot/core'
import { expect, it } from 'vitest'
import { exitCodeOf } from './exit-codes'
import { typedError } from './system-error'

const thrown = async (f: () => unknown) => {
  try {
    await f()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

it('an error of the system is one of ours, with what to do', async () => {
  const name = '@kshot/not-there'
  for (const [f, code] of [
    [() => openSync('/nowhere/at/all', 'r'), 'system/not-found'],
    [() => new ArrayBuffer(2 ** 53 - 1), 'system/no-memory'],
    [() => Promise.reject(new WebAssembly.RuntimeError('Aborted()')), 'system/no-memory'],
    [
      () => Promise.reject(Object.assign(new Error('open'), { code: 'EMFILE' })),
      'system/too-many-files',
    ],
    [
      () => Promise.reject(Object.assign(new Error(name), { code: 'ERR_MODULE_NOT_FOUND' })),
      'backend/not-installed',
    ],
  ] as const) {
    const error = typedError(await thrown(f))
    expect(isKshotError(error, code), code).toBe(true)
    expect((error as KshotError).remedy.length).toBeGreaterThan(10)
  }
  expect(exitCodeOf(typedError(Object.assign(new Error('x'), { code: 'ERR_DLOPEN_FAILED' })))).toBe(
    3,
  )
})

it('any other error stays as it is', () => {
  const own = new KshotError('a/b', { got: 'c', expected: 'd', remedy: 'e' })
  for (const error of [own, new TypeError('x'), 'text', undefined])
    expect(typedError(error)).toBe(error)
})
