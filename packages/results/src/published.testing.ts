import file from '../../../docs/published.json'
import { parsePublished } from './published'

/** The numbers that the tests compare with. */
export const numbers = parsePublished(file)
