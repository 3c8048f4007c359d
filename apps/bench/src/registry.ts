import type { Entry, Factory, Registry, Spec } from '@kshot/core'
import type { z } from 'zod'
import { checked } from './config'
import { NAMES, type NamedRole } from './names'
import { backbone } from './schema/backbones'
import { learner } from './schema/learners'
import { optimizer, schedule } from './schema/optimizers'

const SCHEMAS: { readonly [role in NamedRole]: z.ZodType } = {
  learner,
  model: backbone,
  optimizer,
  schedule,
}

/**
 * What specs of configurations, checkpoints and results may name. Options are checked as those of a
 * configuration are, before the package is loaded.
 */
export const registry: Registry = Object.fromEntries(
  Object.entries(NAMES).map(([role, packages]) => [
    role,
    Object.fromEntries(
      Object.entries<readonly string[]>(packages).map(([name, exports]) => [
        name,
        Object.fromEntries(exports.map((one) => [one, entryOf(role as NamedRole, name, one)])),
      ]),
    ),
  ]),
)

function entryOf(role: NamedRole, name: string, one: string): Entry {
  return {
    async load() {
      const module = (await import(name)) as { readonly [name: string]: Factory }
      return module[one]!
    },
    check: (options: Spec['options']) => {
      checked(SCHEMAS[role], { ...options, name: one })
    },
  }
}
