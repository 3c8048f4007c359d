import { beforeAll, describe, expect, it } from 'vitest'
import { activate, testBackends } from '../backends'
import { referenceFile } from '../reference-file'
import { checkCase, type Learners } from './checks'
import type { Check } from './compare'
import { loadReference, type ReferenceCase } from './format'

/**
 * A `describe` over the reference cases of some kinds. They must be there, so that no comparison passes
 * for want of one.
 */
export function describeReference(
  title: string,
  kinds: readonly string[],
  body: (cases: readonly ReferenceCase[]) => void,
): void {
  const cases = loadReference(referenceFile).filter(({ kind }) => kinds.includes(kind))
  describe(title, () => {
    it('has cases to compare', () => {
      expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(kinds))
    })
    body(cases)
  })
}

/** Compares learners with the reference values of some kinds, on every backend. */
export function referenceSuite(title: string, kinds: readonly string[], learners: Learners): void {
  describeReference(title, kinds, (cases) => {
    describe.each(testBackends)('on %s', (backend) => {
      beforeAll(() => activate(backend))

      it.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
        const checks = (await checkCase(c, learners))!
        expect(checks.length).toBeGreaterThan(0)
        expect(checks.filter(({ ok }) => !ok)).toEqual<Check[]>([])
      })
    })
  })
}
