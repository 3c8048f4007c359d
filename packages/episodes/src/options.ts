/** Schemas of options, for packages whose data sets take the same ones. */

export { augmentOptions } from './augment-options'
export { omniglotChoices, omniglotOptions } from './omniglot/options'
export { features } from './tables/options'
