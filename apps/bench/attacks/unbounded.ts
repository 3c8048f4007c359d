import type { Bound } from './attack'

/** Of attempts that train: what they cost is not for whoever made a file to say. */
export const UNBOUNDED: Bound = {
  seconds: Number.POSITIVE_INFINITY,
  mebibytes: Number.POSITIVE_INFINITY,
}
