import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { activate, testBackends } from '../backends'
import { checkCase, type Learners } from './checks'
import type { Check } from './compare'
import { loadReference, type ReferenceCase } from './format'

const folder = fileURLToPath(new URL('../../../../../shared/reference/', import.meta.url))

/** Where a reference file lies, or undefined on a machine that has none. */
export function referenceFile(name = 'reference-0.json'): string | undefined {
  return existsSync(folder + name) ? folder + name : undefined
}

/**
 * A `describe` over the reference cases of some kinds; a machine without the file skips it by name.
 * The cases must be there, so that no comparison passes for want of one.
 */
export function describeReference(
  title: string,
  kinds: readonly string[],
  body: (cases: readonly ReferenceCase[]) => void,
): void {
  const file = referenceFile()
  const cases = file ? loadReference(file).filter(({ kind }) => kinds.includes(kind)) : []
  describe.skipIf(!file)(`${title} (needs the reference values)`, () => {
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
