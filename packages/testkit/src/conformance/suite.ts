import type { Backend } from '@kshot/core'
import { describe, expect, it } from 'vitest'
import { referenceFile } from '../reference/describe'
import { loadReference } from '../reference/format'
import {
  type ConformanceLearners,
  conformanceChecks,
  type Declared,
  examine,
  keyOf,
  SECTIONS,
  type Section,
} from './index'

export interface ConformanceOptions {
  readonly learners: ConformanceLearners
  /** What the backend does otherwise than the cpu backend; it must do it. */
  readonly known?: Declared
  /** The largest relative error of one operation. Default 1e-4. */
  readonly tolerance?: number
  /** Sections that other tests of the same backend have. */
  readonly without?: readonly Section[]
  /** Of the variant, where one backend has several. */
  readonly title?: string
}

/** What every backend must show, in the same way on each. */
export function conformanceSuite(backend: Backend, options: ConformanceOptions): void {
  const { learners, known = {}, tolerance = 1e-4, without = [], title = backend.name } = options
  const file = referenceFile()
  const checks = conformanceChecks(learners, file ? loadReference(file) : [])
  describe(`conformance of ${title}`, async () => {
    const availability = await backend.available()
    if (!availability.available) return it.skip(`is not available: ${availability.reason}`)

    for (const [section, what] of Object.entries(SECTIONS)) {
      const own = checks.filter((check) => check.section === section)
      if (without.includes(section as Section)) continue
      if (own.length === 0) {
        it.skip(`${what} (needs the reference values)`)
        continue
      }
      it.each(own.map((check) => [check.name, check] as const))(`${what}: %s`, async (_, check) => {
        const { ok, verdict, text } = await examine(check, backend, known, { tolerance })
        const expected = known[keyOf(check)]
        const wanted = expected === undefined ? 'as the cpu backend' : expected
        expect(ok, `${verdict}: ${text}, expected ${JSON.stringify(wanted)}`).toBe(true)
      })
    }

    it('does all that is known of it', () => {
      const keys = new Set([...checks.map(keyOf), ...Object.keys(SECTIONS)])
      expect(Object.keys(known).filter((key) => !keys.has(key))).toEqual([])
    })
  })
}
