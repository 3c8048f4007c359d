export { decodeImage, type ImageFormat } from './decode-image'
export {
  type ImageFolderOptions,
  imageFolder,
  imageFolderFormat,
  imageFolderSplit,
} from './image-folder'
export type { LabelledFileOptions } from './labelled-file'
export { findLakeRuns, findOmniglot } from './omniglot/find'
export { type LakeRunsOptions, lakeRuns } from './omniglot/lake-runs'
export { type OmniglotOptions, omniglot, omniglotSplit } from './omniglot/omniglot'
export type { OmniglotSplit } from './omniglot/splits'
export type { SplitShares } from './shares'
export { type TextFileOptions, textFile, textFileSplit } from './text-file'
export { type VectorFileOptions, vectorFile, vectorFileSplit } from './vector-file'
