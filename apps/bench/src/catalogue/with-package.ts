import { cardOf } from './names'
import { asModule, type Leave, thirdParty } from './third-party'

/** A raw configuration of a run whose learner, if a package is named, is the module of that package. */
export async function withPackage(raw: unknown, leave: Leave): Promise<unknown> {
  const learner = (raw as { learner?: { name?: unknown } } | null)?.learner
  if (typeof learner?.name !== 'string' || cardOf('learner', learner.name)) return raw
  const found = await thirdParty(learner.name, leave)
  if (!found) return raw
  const { name: _, ...options } = learner
  return { ...(raw as object), learner: asModule(found, options) }
}
