import type { Role } from '@kshot/core'
import { cards } from './cards'

/** The card of an export that may be named in a role. */
export function cardOf(role: Role, name: unknown) {
  return cards.find((card) => card.role === role && card.factory.export === name)
}

/** Whether an export of a package may be named in a role. */
export function mayName(role: Role, name: unknown, one: unknown): one is string {
  return cardOf(role, one)?.factory.package === name && name !== undefined
}

/** All that may be named in a role. */
export function namesOf(role: Role): string[] {
  return cards.filter((card) => card.role === role).map(({ factory }) => factory.export)
}

/** The package of whatever is called so, in any role. */
export function packageOf(name: string): string | undefined {
  return cards.find(({ factory }) => factory.export === name)?.factory.package
}

/** The packages that nets, and encoders below them, come from. */
export function modelPackages(): string[] {
  const models = cards.filter(({ role }) => role === 'model' || role === 'encoder')
  return [...new Set(models.map(({ factory }) => factory.package))]
}
