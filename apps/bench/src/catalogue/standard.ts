import type { LearnerCard, Standard } from '@kshot/core/card'
import { learnerCards } from './cards'

/** What examples are: a net for pictures fits no vectors. */
export type Examples = 'pictures' | 'vectors'

export type StandardLearners = { readonly [name: string]: Standard }

/** The learners of cards that need a name only. */
export function standardOf(cards: readonly LearnerCard[]): StandardLearners {
  const all = cards.flatMap(({ standard }) => standard)
  return Object.fromEntries(all.map((one) => [one.name, one]))
}

/**
 * Learners that need a name only: on conv4 with 32 filters for pictures, on a net of 64 hidden units for
 * vectors and texts. For starting points, not for a paper's numbers: those are presets.
 */
export const standard: StandardLearners = standardOf(learnerCards)

/** Where a configuration names no learners: one of each kind. */
export function defaultLearners(examples: Examples): string[] {
  const chosen = Object.values(standard).filter(({ byDefault, learner }) => {
    return byDefault === true && learner[examples] !== undefined
  })
  return chosen.map(({ name }) => name)
}
