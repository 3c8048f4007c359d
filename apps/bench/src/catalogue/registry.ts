import type { Entry, Factory, Registry, Spec } from '@kshot/core'
import type { AnyCard } from '@kshot/core/card'
import { checked } from '../checking/checked'
import { cards } from './cards'
import { schemaOf } from './roles'

/**
 * What specs of configurations, checkpoints and results may name: what has a card. Options are checked
 * as those of a configuration are, before the package is loaded.
 */
export const registry: Registry = registryOf(cards)

function registryOf(all: readonly AnyCard[]): Registry {
  const registry: { [role: string]: { [name: string]: { [name: string]: Entry } } } = {}
  for (const card of all) {
    const { package: name, export: one } = card.factory
    const packages = registry[card.role] ?? {}
    registry[card.role] = { ...packages, [name]: { ...packages[name], [one]: entryOf(card) } }
  }
  return registry
}

function entryOf(card: AnyCard): Entry {
  const { role, factory, options: schema } = card
  const { package: name, export: one } = factory
  const entry = ('inNode' in card && card.inNode) || name
  return {
    schema,
    async load() {
      const module = (await import(entry)) as { readonly [name: string]: Factory }
      return module[one]!
    },
    check(options: Spec['options']) {
      checked(schemaOf(role), { package: name, export: one, options })
    },
  }
}
