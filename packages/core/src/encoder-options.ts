import { options, positive } from './options/keywords'
import type { Schema } from './options/schema'

const text: Schema = { type: 'string', minLength: 1 }

/** What a spec of `customEncoder` says; its functions stand in no spec. */
export const customEncoderOptions = options(
  { name: text, dimensions: positive, version: text },
  'name',
  'dimensions',
)
