export {
  type ImageFolderOptions,
  imageFolder,
  imageFolderSplit,
  type SplitShares,
} from './image-folder'
export { findLakeRuns, findOmniglot } from './omniglot/find'
export { type LakeRunsOptions, lakeRuns } from './omniglot/lake-runs'
export { type OmniglotOptions, omniglot, omniglotSplit } from './omniglot/omniglot'
export type { OmniglotSplit } from './omniglot/splits'
