export { userCache } from './files/user-cache'
export { type ClassFolders, classFolders } from './images/class-folders'
export { decodeImage, type ImageFormat } from './images/decode-image'
export type { Fit } from './images/fit'
export { type FolderFormat, imageFolderFormat } from './images/folder-format'
export { type ImageFolderOptions, imageFolder, imageFolderSplit } from './images/image-folder'
export { isPicture } from './images/kinds'
export { findLakeRuns, findOmniglot } from './omniglot/find'
export { type LakeRunsOptions, lakeRuns } from './omniglot/lake-runs'
export { type OmniglotFilesOptions, omniglot, omniglotSplit } from './omniglot/omniglot'
export {
  type RegressionFileOptions,
  regressionFile,
  regressionFileSplit,
} from './regression/file'
export type { SplitShares } from './shares'
export type { Spelling } from './spelling'
export type { LabelledFileOptions } from './tables/labelled-file'
export {
  type LabelledRows,
  type LabelledRowsOptions,
  labelledRows,
  rowsLike,
  type TableRow,
} from './tables/labelled-rows'
export { type TextFileOptions, textFile, textFileSplit } from './tables/text-file'
export { type VectorFileOptions, vectorFile, vectorFileSplit } from './tables/vector-file'
export type { Understood } from './understood'
