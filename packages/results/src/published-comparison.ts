import type { Protocol, Published } from './published'
import type { DoneRow } from './row'

/** A published number compared with a row. */
export interface PublishedComparison extends Published {
  /** Keys of the protocol in which the row's test differs. */
  readonly differs: readonly (keyof Protocol)[]
  /** Keys that the paper leaves open. */
  readonly unknown: readonly (keyof Protocol)[]
  /** Whether the paper's number lies in the row's interval; undefined unless all of the protocol is the same. */
  readonly inside: boolean | undefined
}

/** A learner, and what it declares of itself where that is not its export. */
type Declared = Pick<DoneRow, 'learner' | 'method' | 'normalisation'>

/** What a paper's learner is called in published numbers. */
export function learnerKey({ learner: { export: name, options }, method }: Declared): string {
  if (method !== undefined || name !== 'maml') return method ?? name
  // Results from before learners declared it: MAML with an option.
  if (options.adapts === '^head/') return 'anil'
  if (options.adapts === '^body/') return 'boil'
  return options.firstOrder === true ? 'fomaml' : name
}

/** What is normalised together at test. */
function normOf({ learner: { options }, normalisation }: Declared): string {
  // Results from before learners declared it: kshot's own call it so.
  const { test } = (options.normalisation ?? {}) as { readonly test?: string }
  return normalisation ?? test ?? 'none'
}

/** How a row was tested, in a paper's words. */
export function protocolOf(row: DoneRow): Protocol {
  const { labels, setting, test, config } = row
  const { rotations } = (config as { dataset: { rotations?: Protocol['rotations'] } }).dataset
  return {
    split: labels.split,
    rotations: rotations ?? 'none',
    queries: setting.queries,
    resize: labels.resize,
    norm: normOf(row),
    testSteps: labels.adaptationSteps,
    trainVal: labels.trainingSplit === 'train+val',
    ensemble: false,
    episodes: test.episodes,
  }
}

/** The number that a paper gives for a row's learner in its setting, if one does; of several, the one tested most alike. */
export function comparePublished(
  row: DoneRow,
  interval: readonly [low: number, high: number],
  numbers: readonly Published[],
): PublishedComparison | undefined {
  const { dataset, ways, shots } = row.setting
  const [learner, ours] = [learnerKey(row), protocolOf(row)]
  const [found] = numbers
    .filter(
      (n) => n.learner === learner && n.dataset === dataset && n.ways === ways && n.shots === shots,
    )
    .map((number) => ({ ...number, ...comparison(number.protocol, ours) }))
    .sort((a, b) => a.differs.length - b.differs.length)
  if (!found) return undefined
  const same = found.differs.length === 0 && found.unknown.length === 0
  const [low, high] = interval
  const inside = same ? low <= found.accuracy && found.accuracy <= high : undefined
  return { ...found, inside }
}

function comparison(
  theirs: Protocol,
  ours: Protocol,
): Pick<PublishedComparison, 'differs' | 'unknown'> {
  const keys = Object.keys(theirs) as (keyof Protocol)[]
  const unknown = keys.filter((key) => theirs[key] === null)
  const differs = keys.filter((key) => !unknown.includes(key) && theirs[key] !== ours[key])
  return { differs, unknown }
}

const NAMES: { readonly [key in keyof Protocol]: string } = {
  split: 'split',
  rotations: 'rotations',
  queries: 'queries',
  resize: 'resize',
  norm: 'norm',
  testSteps: 'test steps',
  trainVal: 'train+val',
  ensemble: 'ensemble',
  episodes: 'episodes',
}

/** Keys of a protocol in words. */
export function protocolWords(keys: readonly (keyof Protocol)[]): string {
  return keys.map((key) => NAMES[key]).join(', ')
}

/** `=`; `≠ split, ensemble`; with `? queries` for what the paper leaves open. */
export function protocolSign({ differs, unknown }: PublishedComparison): string {
  const parts = [
    ...(differs.length > 0 ? [`≠ ${protocolWords(differs)}`] : []),
    ...(unknown.length > 0 ? [`? ${protocolWords(unknown)}`] : []),
  ]
  return parts.length === 0 ? '=' : parts.join('; ')
}
