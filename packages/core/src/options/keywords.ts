import type { Normalisation } from '../learner'
import type { Json } from '../spec'
import type { OptionsSchema, Role, Schema } from './schema'

/** A whole number, at least 1. */
export const positive = { type: 'integer', minimum: 1 } as const satisfies Schema

/** The length of an axis: filters, units, classes, pixels of a side. What is longer is no net. */
export const width = { ...positive, maximum: 8192 } as const satisfies Schema

/** How many layers. */
export const depth = { ...positive, maximum: 64 } as const satisfies Schema

/** Steps within a task, which nothing interrupts. */
export const innerStep = { type: 'integer', minimum: 0, maximum: 100_000 } as const satisfies Schema

/** A whole number, at least 0. */
export const count = { type: 'integer', minimum: 0 } as const satisfies Schema

/** A number above 0. */
export const rate = { type: 'number', exclusiveMinimum: 0 } as const satisfies Schema

/** A number, at least 0. */
export const amount = { type: 'number', minimum: 0 } as const satisfies Schema

/** A number from 0 to 1. */
export const fraction = { type: 'number', minimum: 0, maximum: 1 } as const satisfies Schema

/** A number from 0 up to, but without, 1. */
export const decay = { type: 'number', minimum: 0, exclusiveMaximum: 1 } as const satisfies Schema

export const flag = { type: 'boolean' } as const satisfies Schema

export const oneOf = (...values: readonly string[]): Schema => ({ enum: values })

/** A spec of this role: its short form in configurations. */
export const role = (name: Role): Schema => ({ role: name })

export const either = (...anyOf: readonly Schema[]): Schema => ({ anyOf })

export const listOf = (items: Schema): Schema => ({ type: 'array', items })

/** A list of exactly these. */
export const tuple = (...prefixItems: readonly Schema[]): Schema => ({
  type: 'array',
  prefixItems,
  items: false,
  minItems: prefixItems.length,
})

/** Whatever no file holds: bytes, functions. */
export const anything = {} as const satisfies Schema

/** A record of options, of which some are required; no others. */
export const options = (
  properties: { readonly [name: string]: Schema },
  ...required: readonly string[]
): OptionsSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
})

/** A schema with a description, for editors and pages. */
export const described = (description: string, schema: Schema): Schema => ({
  ...schema,
  description,
})

/** A schema with a default, which configurations write down. */
export const withDefault = (value: Json, schema: Schema): Schema => ({ ...schema, default: value })

/** A text that is not empty. */
export const text = { type: 'string', minLength: 1 } as const satisfies Schema

/** What a random generator starts from. */
export const seed = either(count, text)

/** Affine distortion of pictures, for `episodes`. */
export const distort: OptionsSchema = {
  description: 'Random distortion of each picture, within ± each value, in training and at test.',
  ...options({
    rotation: described('Degrees.', { ...amount, maximum: 180 }),
    shear: described('A slope.', { ...amount, maximum: 0.9 }),
    scale: described('A share: 0.2 is 0.8 to 1.2.', { ...amount, maximum: 0.9 }),
    shift: described('Pixels.', { ...amount, maximum: 1e4 }),
    sampling: described(
      '`nearest` keeps black-and-white pictures free of greys.',
      oneOf('bilinear', 'nearest'),
    ),
  }),
}

/** A text that is a regular expression. */
export const regex = { type: 'string', format: 'regex' } as const satisfies Schema

const MODES: readonly Normalisation[] = [
  'running',
  'batch-joint',
  'batch-separate',
  'support+one',
  'none',
]

/** Modes of normalisation, in training and at test; by default all of them. */
export const normalisation = (
  train: readonly string[] = MODES,
  test: readonly string[] = train,
): Schema => options({ train: oneOf(...train), test: oneOf(...test) })

/** How weights are drawn. */
export const initializer = (...more: readonly string[]): Schema =>
  either(
    oneOf('torch', 'glorot', 'zeros', ...more),
    options({ normal: amount, mean: { type: 'number' } }, 'normal'),
  )
