import type { Presets } from '@kshot/core/card'
import { learnerCards } from './cards'

/** The configurations that have a name. */
export const presets: Presets = Object.assign({}, ...learnerCards.map(({ presets }) => presets))
