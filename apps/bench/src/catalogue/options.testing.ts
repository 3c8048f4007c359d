import {
  isKshotError,
  type KshotError,
  type OptionsSchema,
  type Role,
  type Schema,
  type Spec,
} from '@kshot/core'
import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  dictionary,
  double,
  integer,
  oneof,
  record,
  tuple,
} from 'fast-check'
import { cards, datasetCards } from './cards'

/** A spec that fits wherever a role stands. */
export const PARTS: { readonly [role in Role]?: Spec } = {
  model: { package: '@kshot/core', export: 'conv4', options: { filters: 2 } },
  optimizer: { package: '@kshot/core', export: 'sgd', options: { rate: 0.1 } },
  schedule: { package: '@kshot/core', export: 'constant', options: { value: 0.1 } },
  encoder: {
    package: '@kshot/core',
    export: 'customEncoder',
    options: { name: 'x', dimensions: 2 },
  },
}

/** Values that a schema takes. */
export function taken(schema: Schema): Arbitrary<unknown> {
  const { role, anyOf, type, items, prefixItems, properties, required = [] } = schema
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, maxLength } = schema
  if (role) return constant(PARTS[role])
  if (anyOf) return oneof(...anyOf.map(taken))
  if (schema.enum) return constantFrom(...schema.enum)
  if (prefixItems) return tuple(...prefixItems.map(taken))
  if (type === 'array') return array(taken(items as Schema), { maxLength: 2 })
  if (type === 'boolean') return boolean()
  if (type === 'string') return constant('norm'.slice(0, maxLength))
  if (type === 'integer') return integer({ min: minimum ?? 0, max: (minimum ?? 0) + 5 })
  if (type === 'number') {
    return double({
      min: exclusiveMinimum ?? minimum ?? -3,
      max: exclusiveMaximum ?? maximum ?? 3,
      minExcluded: exclusiveMinimum !== undefined,
      maxExcluded: exclusiveMaximum !== undefined,
      noNaN: true,
    })
  }
  const entries = Object.entries(properties ?? {}).map(([name, part]) => [name, taken(part)])
  return record(Object.fromEntries(entries), { requiredKeys: [...required] as never[] })
}

/** Every word that means something to an option of some card. */
const words = [...new Set([...cards, ...datasetCards].flatMap(({ options }) => enumsOf(options)))]

function enumsOf(schema: Schema): (string | number | boolean | null)[] {
  const { anyOf = [], properties = {}, items, prefixItems = [] } = schema
  const inner = [...anyOf, ...Object.values(properties), ...prefixItems, ...(items ? [items] : [])]
  return [...(schema.enum ?? []), ...inner.flatMap(enumsOf)]
}

/** What people write by mistake: numbers beside the bounds, words of other options, specs of other roles. */
const anyPart = oneof(
  integer({ min: -2, max: 6 }),
  double({ min: -1.5, max: 3, noNaN: true }),
  constantFrom(...words, 'x', '', '(', true, false, null),
  constantFrom(...Object.values(PARTS)),
)
const anyValue = oneof(
  anyPart,
  array(anyPart, { maxLength: 5 }),
  dictionary(constantFrom('train', 'test', 'normal', 'mean', 'x'), anyPart, { maxKeys: 2 }),
)

/** Options of which one, perhaps one that nobody knows, is anything. */
export function perhapsWrong(
  schema: OptionsSchema,
  names: readonly string[] = [...Object.keys(schema.properties), 'unheardOf'],
): Arbitrary<object> {
  return tuple(taken(schema), constantFrom(...names), anyValue, boolean()).map(
    ([options, name, value, leftOut]) => {
      const { [name]: _, ...others } = options as { readonly [name: string]: unknown }
      return leftOut ? others : { ...others, [name]: value }
    },
  )
}

/** Why options are refused: the code of the error, unless it is one that is no schema's business. */
export async function refusal(
  run: () => unknown,
  isExcused: (error: KshotError) => boolean,
): Promise<string | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    if (!isKshotError(error)) throw error
    return isExcused(error) ? undefined : error.code
  }
}
