import { type Published, parsePublished } from '@kshot/results'
import file from '../../../../docs/published.json'

/** The numbers of papers, each with its whole protocol. */
export function published(): readonly Published[] {
  return parsePublished(file)
}
