import { readFileSync } from 'node:fs'
import type { LearnerCard, Paper } from '@kshot/core/card'
import { describe, expect, it } from 'vitest'
import { learnerCards } from './cards'

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')

/** `Snell et al. 2017`. */
function cited({ authors, year }: Paper): string {
  const names = authors.split(/, | & /)
  return `${names.length > 2 ? `${names[0]} et al.` : authors} ${year}`
}

/** How a package's line in the README's table begins; a baseline of one regression alone is none. */
function lineOf(pkg: string, cards: readonly LearnerCard[]): string {
  const named = cards
    .filter(({ standard }) => standard.length > 0)
    .map(({ name, paper }) => `${name} (${cited(paper)})`)
  return `| [\`${pkg}\`](${pkg.replace('@kshot', 'packages')}) | ${named.join(', ')}`
}

describe('every learner that has a card', () => {
  const packages = [...new Set(learnerCards.map(({ factory }) => factory.package))]

  it.each(packages)('of %s stands in the table of the README, as its card says', (pkg) => {
    const cards = learnerCards.filter(({ factory }) => factory.package === pkg)
    const [line] = read('README.md')
      .split('\n')
      .filter((found) => found.startsWith(`| [\`${pkg}\``))
    expect(line?.startsWith(lineOf(pkg, cards))).toBe(true)
  })

  it('is one of the learners that run on workers, on every backend and under vmap', () => {
    const source = read('apps/bench/test/every-learner.mjs')
    const called = [...source.matchAll(/^ {2}[^ ].*?: (\w+)\(/gm)].map(([, name]) => name)
    const episodic = learnerCards.filter(({ standard }) => standard.length > 0)
    expect([...new Set(called)].sort()).toEqual(
      episodic.map(({ factory }) => factory.export).sort(),
    )
  })
})
