import { presets } from '../catalogue/presets'
import { type Examples, standard } from '../catalogue/standard'
import { asModule, type Leave, thirdParty } from '../catalogue/third-party'
import type { Entry, Leaderboard } from './schema'

/** A leaderboard whose learners that are used by the name of a package are the modules of those. */
export async function withPackages(
  board: Leaderboard,
  examples: Examples,
  leave: Leave,
): Promise<Leaderboard> {
  if (!board.learners) return board
  const learners = await Promise.all(
    board.learners.map((entry) => withPackageOf(entry, examples, leave)),
  )
  return { ...board, learners }
}

async function withPackageOf(
  entry: string | Entry,
  examples: Examples,
  leave: Leave,
): Promise<string | Entry> {
  const { use, options, ...rest } = typeof entry === 'string' ? ({ use: entry } as Entry) : entry
  if (use === undefined || Object.hasOwn(standard, use) || Object.hasOwn(presets, use)) return entry
  const found = await thirdParty(use, leave)
  const known = found?.card.standard.find(({ learner }) => learner[examples])
  if (!found || !known) return entry
  const { name: _, ...own } = known.learner[examples]!
  const learner = asModule(found, { ...own, ...options })
  const module = { name: 'module', ...learner } as NonNullable<Entry['learner']>
  return {
    ...rest,
    name: rest.name ?? known.name,
    learner: module,
    train: { ...(known.train as Entry['train']), ...rest.train },
  }
}
