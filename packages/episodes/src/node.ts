export {
  type ImageFolderOptions,
  imageFolder,
  imageFolderSplit,
  type SplitShares,
} from './image-folder'
export { findOmniglot } from './omniglot/find'
export { type OmniglotOptions, omniglot, omniglotSplit } from './omniglot/omniglot'
export type { OmniglotSplit } from './omniglot/splits'
