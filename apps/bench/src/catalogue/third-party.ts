import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { KshotError } from '@kshot/core'
import type { LearnerCard } from '@kshot/core/card'
import { z } from 'zod'
import { checked } from '../checking/checked'
import { schemaOf } from './roles'
import { zodOf } from './zod'

/** Where to look for packages, and whether their code may run. */
export interface Leave {
  readonly folder: string
  readonly allowModule: boolean
}

/** A learner of a third party's package: its card, and the file that exports it. */
export interface ThirdParty {
  readonly card: LearnerCard
  readonly file: string
}

const options = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.looseObject({})),
})

const cardSchema = z.looseObject({
  role: z.literal('learner'),
  factory: z.object({ package: z.string().min(1), export: z.string().min(1) }),
  name: z.string().min(1),
  options,
  standard: z.array(
    z.looseObject({ name: z.string(), learner: z.record(z.string(), z.unknown()) }),
  ),
})

/**
 * The learner of a package that lies where the configuration does, named as the package is, or
 * `package#export` where it has several; nothing, where there is no such package with a card.
 * @throws `usage/foreign-module` without leave, `usage/no-learner`
 */
export async function thirdParty(name: string, leave: Leave): Promise<ThirdParty | undefined> {
  const [pkg, one] = name.split('#') as [string, string?]
  const entry = resolved(`${pkg}/card`, leave.folder)
  const file = resolved(pkg, leave.folder)
  if (!entry || !file) return undefined
  if (!leave.allowModule) throw notAllowed(pkg)
  const { cards } = (await import(pathToFileURL(entry).href)) as { cards?: unknown }
  const all = z.array(z.unknown()).safeParse(cards).data ?? []
  const found = all.find((card) => {
    const { success, data } = cardSchema.safeParse(card)
    return success && (one === undefined || data.factory.export === one)
  })
  if (!found) throw noCard(name)
  return { card: found as LearnerCard, file }
}

/**
 * A learner as a configuration writes it, as the module that it is: `options` are checked by the card.
 * @throws `config/unknown-key`, `config/bad-value` and the like
 */
export function asModule({ card, file }: ThirdParty, given: object): object {
  const checkedOptions = checked(zodOf(card.options, schemaOf), given)
  return { module: file, export: card.factory.export, options: checkedOptions }
}

function resolved(name: string, folder: string): string | undefined {
  if (!/^(@[\w.-]+\/)?[\w-][\w.-]*(\/card)?$/.test(name)) return undefined
  try {
    return createRequire(join(resolve(folder), 'configuration.json')).resolve(name)
  } catch {
    return undefined
  }
}

function notAllowed(name: string): KshotError {
  return new KshotError('usage/foreign-module', {
    got: `a learner of the package ${name}`,
    expected: "one of kshot's own packages: a module can run any code",
    remedy: 'Read its code, then pass --allow-module',
  })
}

function noCard(name: string): KshotError {
  return new KshotError('usage/no-learner', {
    got: `${name}, whose entry /card exports no card for this learner`,
    expected: 'cards: a list of LearnerCard from @kshot/core/card',
    remedy: 'See docs/adding-a-learner.md',
  })
}
