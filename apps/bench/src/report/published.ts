import { type Published, parsePublished } from '@kshot/results'
import { learnerCards } from '../catalogue/cards'

/** The numbers of papers, each with its whole protocol: those of the learners' cards. */
export function published(): readonly Published[] {
  return parsePublished({
    description: 'the cards of the learners',
    entries: learnerCards.flatMap((card) => card.published),
  })
}
