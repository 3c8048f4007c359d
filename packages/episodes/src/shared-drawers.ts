import { KshotError, type Rng } from '@kshot/core'
import type { Dataset } from './dataset'

/** Classes and the drawers of an episode, each of whom has drawn all of the classes. */
export interface SharedDraw {
  readonly classes: readonly number[]
  /** The example of a class by each of the drawers, in their order. */
  examples(classIndex: number): readonly number[]
}

interface Wanted {
  /** The classes to choose from. Default: all. */
  readonly among?: readonly number[] | undefined
  readonly ways: number
  readonly drawers: number
}

/** More than enough, unless hardly any drawers have classes in common. */
const ATTEMPTS = 200

/**
 * Draws drawers one after the other, each among those who share enough classes with the ones before, and then
 * classes that all of them have drawn.
 * @throws `episodes/too-few-classes` if no drawers are found who share that many
 */
export function drawShared(dataset: Dataset, wanted: Wanted, random: Rng): SharedDraw {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = oneDraw(dataset, wanted, random.split('drawers').split(attempt))
    if (found) return found
  }
  throw tooFewShared(dataset, wanted)
}

function oneDraw(
  dataset: Dataset,
  { among, ways, drawers }: Wanted,
  random: Rng,
): SharedDraw | undefined {
  const drawings = drawingsOf(dataset)
  let common: readonly number[] = among ?? [...dataset.classes.keys()]
  const chosen: Drawings[] = []
  const order = random.split('order').permutation(drawings.length)
  for (const i of order) {
    if (chosen.length === drawers) break
    const shared = common.filter((c) => drawings[i]!.has(c))
    if (shared.length < ways) continue
    chosen.push(drawings[i]!)
    common = shared
  }
  if (chosen.length < drawers) return undefined
  return {
    classes: random
      .split('classes')
      .sample(common.length, ways)
      .map((i) => common[i]!),
    examples: (classIndex) =>
      chosen.map((by, k) => {
        const own = by.get(classIndex)!
        return own[random.split('examples').split(classIndex).split(k).integer(own.length)]!
      }),
  }
}

/** A drawer's examples of each class. */
type Drawings = ReadonlyMap<number, readonly number[]>

const known = new WeakMap<Dataset, readonly Drawings[]>()

/** By drawer, in the order of their names. */
function drawingsOf(dataset: Dataset): readonly Drawings[] {
  const found = known.get(dataset)
  if (found) return found
  const byName = new Map<string, Map<number, number[]>>()
  for (const [c, { size }] of dataset.classes.entries()) {
    for (let i = 0; i < size; i++) {
      const name = dataset.drawer!(c, i)
      if (!byName.has(name)) byName.set(name, new Map())
      const drawings = byName.get(name)!
      drawings.set(c, [...(drawings.get(c) ?? []), i])
    }
  }
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, drawings]) => drawings)
  known.set(dataset, sorted)
  return sorted
}

function tooFewShared(dataset: Dataset, { ways, drawers }: Wanted): KshotError {
  return new KshotError('episodes/too-few-classes', {
    got: `${drawingsOf(dataset).length} drawers, of whom no ${drawers} share ${ways} classes`,
    expected: `${drawers} drawers who have drawn the same ${ways} classes`,
    remedy: 'Use fewer ways, shots or queries, or leave drawers out',
  })
}
