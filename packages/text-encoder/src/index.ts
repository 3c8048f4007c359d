export type { TextEncoderOptions } from './file'
export { staticTextEncoder } from './static'
export { textEncoder, type UniversalOptions } from './universal'
