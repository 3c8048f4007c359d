/** For writing your own classifier head. */

export { unitRoots } from '../nn/similarity'
export { fitSharpness, heldOutLikelihood, nothingUnknown, type SharpnessPrior } from './calibration'
export {
  classSums,
  type Similarities,
  sharpnessOfOne,
  similaritiesOf,
  unitRoot,
} from './class-sums'
export type { Example } from './examples'
export {
  type Calibration,
  exampleAt,
  type Head,
  type HeldOut,
  type Place,
  type Support,
} from './head'
