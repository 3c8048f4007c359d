import type { Role, Spec } from '@kshot/core'
import { z } from 'zod'
import { cards, encoderCards } from './cards'
import { encoderSpec } from './encoders'
import { mayName, namesOf } from './names'
import { shapeOf, zodOf } from './zod'

/** What a configuration writes: a short form by its name, with its options beside it. */
export interface ShortForm {
  readonly name: string
  readonly [option: string]: unknown
}

/** A third party's learner: an export of a file, called with options. Needs `--allow-module`. */
const module = z.strictObject({
  name: z.literal('module'),
  /** The file; in a configuration file, seen from there. */
  module: z.string().min(1),
  export: z.string().default('default'),
  options: z.record(z.string(), z.json()).default({}),
})

/**
 * What a role can be: a short form by its `name`, or the same as a whole spec, `{ package, export,
 * options }`, which is read as the short form. Made from the cards.
 */
const schemas = {
  learner: named('learner', module),
  model: z.union([named('model'), frozen()]),
  optimizer: named('optimizer'),
  schedule: named('schedule'),
  encoder: whole('encoder'),
}

export const learner: z.ZodType<ShortForm, ShortForm | Spec> = schemas.learner
export const optimizer: z.ZodType<ShortForm, ShortForm | Spec> = schemas.optimizer

/** Roles that a card can have. */
export type NamedRole = keyof typeof schemas

// A rate can be a schedule whose own rates are schedules: looked up once it is needed.
export function schemaOf(role: Role): z.ZodType {
  return z.lazy(() => schemas[role as NamedRole])
}

function named(role: Role, ...more: readonly z.ZodObject[]): z.ZodType<ShortForm, ShortForm> {
  const forms = cardsOf(role).map(
    ({ factory, options }): z.ZodObject =>
      z.strictObject({ name: z.literal(factory.export), ...shapeOf(options, schemaOf) }),
  )
  // Never empty, which zod wants to know.
  const all = [...forms, ...more, foreign(role)] as unknown as [z.ZodObject, ...z.ZodObject[]]
  // The form is chosen by its name before it is checked, so that errors are about one form only.
  return z.preprocess(
    (value) => shortened(role, value),
    z.discriminatedUnion('name', all),
  ) as unknown as z.ZodType<ShortForm, ShortForm> // made of data, whose types zod can't infer
}

/** A name, or a whole spec: an encoder may have a name of its own among its options. */
function whole(role: Role): z.ZodType {
  const forms = cardsOf(role).map(({ factory, options }) =>
    z.strictObject({
      package: z.literal(factory.package),
      export: z.literal(factory.export),
      options: zodOf(options, schemaOf),
    }),
  )
  return z.union([...forms, encoderNames().transform(encoderSpec)])
}

/** The name of an encoder in the place of a net: its embeddings as they are. */
function frozen(): z.ZodType {
  return encoderNames().transform((name) => ({ name: 'embeddings', encoder: encoderSpec(name) }))
}

function encoderNames() {
  return z.enum(encoderCards.map(({ name }) => name) as [string, ...string[]])
}

function cardsOf(role: Role) {
  return cards.filter((card) => card.role === role)
}

function shortened(role: Role, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('module' in value) return { name: 'module', ...value }
  if (!('package' in value)) return value
  const { package: name, export: one, options } = value as { [key: string]: unknown }
  const record = typeof options === 'object' && options !== null && !Array.isArray(options)
  const known = record && mayName(role, name, one)
  return known ? { ...options, name: one } : { ...value, name: 'spec' }
}

/** A spec of anything else, which may not be named. */
function foreign(role: Role) {
  const spec = z.strictObject({
    name: z.literal('spec'),
    package: z.string(),
    export: z.string(),
    options: z.record(z.string(), z.json()),
  })
  return spec.refine((_): _ is never => false, {
    message: `a ${role} of kshot: ${namesOf(role).join(', ')}`,
    params: { foreign: true },
  })
}
