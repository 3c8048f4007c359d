import type { Backend } from '@kshot/core'
import { describe, expect, it } from 'vitest'
import { loadReference } from '../reference/format'
import { referenceFile } from '../reference-file'
import {
  type ConformanceLearners,
  conformanceChecks,
  type Declared,
  examine,
  keyOf,
  SECTIONS,
  type Section,
} from './index'

export interface BackendSuiteOptions {
  /** Learners from `@kshot/protonet`, `@kshot/maml` and `@kshot/matching`. Checks that need a missing one are skipped. */
  readonly learners?: ConformanceLearners
  /** The backend's known differences from the cpu backend; each must occur. */
  readonly known?: Declared
  /** The largest relative error of one operation. Default 1e-4. */
  readonly tolerance?: number
  /** Sections that other tests of the same backend have. */
  readonly without?: readonly Section[]
  /** Of the variant, where one backend has several. */
  readonly title?: string
}

/**
 * Tests that every backend must pass: values and both derivatives of each operation,
 * against the cpu backend and PyTorch; training; odd input; and no leaks.
 * @example backendSuite(wasm(), { learners: { protonet, maml } })
 */
export function backendSuite(backend: Backend, options: BackendSuiteOptions = {}): void {
  const {
    learners = {},
    known = {},
    tolerance = 1e-4,
    without = [],
    title = backend.name,
  } = options
  const checks = conformanceChecks(learners, loadReference(referenceFile))
  describe(`conformance of ${title}`, async () => {
    const availability = await backend.available()
    if (!availability.available) return it.skip(`is not available: ${availability.reason}`)

    for (const [section, what] of Object.entries(SECTIONS)) {
      const own = checks.filter((check) => check.section === section)
      if (without.includes(section as Section)) continue
      if (own.length === 0) {
        it.skip(`${what} (needs learners)`)
        continue
      }
      it.each(own.map((check) => [check.name, check] as const))(`${what}: %s`, async (_, check) => {
        const { ok, verdict, text } = await examine(check, backend, known, { tolerance })
        const expected = known[keyOf(check)]
        const wanted = expected === undefined ? 'as the cpu backend' : expected
        expect(ok, `${verdict}: ${text}, expected ${JSON.stringify(wanted)}`).toBe(true)
      })
    }

    it('shows every declared difference', () => {
      const keys = new Set([...checks.map(keyOf), ...Object.keys(SECTIONS)])
      expect(Object.keys(known).filter((key) => !keys.has(key))).toEqual([])
    })
  })
}
