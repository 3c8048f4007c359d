import { KshotError } from '@kshot/core'
import { encoderSpec } from '../catalogue/encoders'
import { cardOf } from '../catalogue/names'
import { presets } from '../catalogue/presets'
import { defaultLearners, type Examples, standard } from '../catalogue/standard'
import { nearest } from '../checking/nearest-key'
import type { Entry, Leaderboard, Training } from './schema'

/** A learner of a leaderboard, before it meets a setting. Checked with the configuration of its cells. */
export interface LearnerEntry {
  readonly name: string
  /** As a run's configuration has it, but for what the setting says. */
  readonly learner: { readonly [key: string]: unknown }
  readonly train: Training
  /** Not what a person has written: it may be fitted to the setting. */
  readonly fitted: boolean
  readonly executor: string | undefined
  readonly tasksAtOnce: number | undefined
  readonly tuningTrials: number
  /** It is tested as it is drawn. */
  readonly untrained: boolean
  /** Its net in words, where it is not as the learner itself says. */
  readonly backbone: string | undefined
}

/**
 * The learners of a leaderboard for one kind of examples.
 * @throws `config/bad-value`, `config/unknown-learner`, `config/unknown-key`
 */
export function learnerEntries(
  { learners, filters, encoder }: Leaderboard,
  examples: Examples,
): LearnerEntry[] {
  const entries = learners ?? defaultLearners(encoder === undefined ? examples : 'vectors')
  const all = entries.map((entry, i) => {
    const full = typeof entry === 'string' ? { use: entry } : entry
    return learnerEntry(full, { examples, filters, encoder, path: `learners.${i}` })
  })
  const names = all.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice === undefined) return all
  throw badValue(
    `two learners called '${twice}'`,
    'a unique name for each',
    'Give one of them a name: { "name": …, "use": … }',
  )
}

interface Place {
  readonly examples: Examples
  readonly filters: number | undefined
  /** What standard learners stand on, in the place of a net of their own. */
  readonly encoder: string | undefined
  /** For example `learners.2`. */
  readonly path: string
}

function learnerEntry(entry: Entry, place: Place): LearnerEntry {
  const { path } = place
  const { use, learner, options = {} } = entry
  if ((use === undefined) === (learner === undefined)) {
    const got = use === undefined ? 'neither use nor learner' : 'use and learner'
    throw badValue(`'${path}' with ${got}`, 'one of the two', 'See npx kshot ls standard')
  }
  const base = use === undefined ? own(entry) : used(use, place)
  const changed = { ...base.learner, ...options }
  return {
    name: entry.name ?? use ?? String(base.learner.name),
    learner: changed,
    train: { ...base.train, ...entry.train },
    fitted: use !== undefined,
    executor: entry.executor ?? base.executor,
    tasksAtOnce: entry.tasksAtOnce ?? base.tasksAtOnce,
    tuningTrials: entry.tuningTrials ?? base.tuningTrials ?? 0,
    untrained: entry.untrained ?? false,
    backbone: entry.backbone,
  }
}

interface Base {
  readonly learner: { readonly [key: string]: unknown }
  readonly train: Training
  readonly executor?: string | undefined
  readonly tasksAtOnce?: number | undefined
  readonly tuningTrials?: number | undefined
}

function own({ learner }: Entry): Base {
  return { learner: learner as Base['learner'], train: {} }
}

function used(name: string, { examples: seen, filters, encoder, path }: Place): Base {
  const examples = encoder === undefined ? seen : 'vectors'
  const known = Object.hasOwn(standard, name) ? standard[name] : undefined
  if (known) {
    const learner = known.learner[examples]
    if (!learner) {
      const others = defaultLearners(examples).join(', ')
      throw badValue(
        `'${path}': '${name}' on ${examples}`,
        `one that fits ${examples}: ${others}`,
        'Leave it out',
      )
    }
    return {
      learner: onEncoder(
        filters === undefined ? learner : sized(learner, filters),
        encoder,
      ) as Base['learner'],
      train: known.train ?? {},
      executor: known.executor,
      tuningTrials: known.tuningTrials,
    }
  }
  if (!Object.hasOwn(presets, name)) throw unknownLearner(name, path)
  const { learner, train, executor, tasksAtOnce, tuningTrials } = presets[name]!.config
  const { ways, shots, queries, metaBatch, optimizer } = train
  return {
    learner: learner as Base['learner'],
    train: { ways, shots, queries, metaBatch, optimizer } as Training,
    executor,
    tasksAtOnce,
    tuningTrials,
  }
}

/** A learner whose nets have so many filters, wherever they have some. */
function sized<T>(learner: T, filters: number): T {
  return JSON.parse(JSON.stringify(learner), (key, value) => (key === 'filters' ? filters : value))
}

/** A learner whose nets stand on an encoder; one without a net takes the embeddings as they are. */
function onEncoder<T>(learner: T, name: string | undefined): T {
  if (name === undefined) return learner
  const encoder = encoderSpec(name)
  const entries = Object.entries(learner as object).map(([key, value]) => {
    const net = (value as { name?: unknown } | null)?.name
    if (net === 'embeddings') return [key, { name: 'embeddings', encoder }]
    return [key, cardOf('model', net) ? { name: 'embeddings', encoder, net: value } : value]
  })
  return Object.fromEntries(entries) as T
}

function unknownLearner(name: string, path: string): KshotError {
  const names = [...Object.keys(standard), ...Object.keys(presets)]
  const near = nearest(name, names)
  return new KshotError('config/unknown-learner', {
    got: `'${path}' uses '${name}'`,
    expected: `one of ${Object.keys(standard).join(', ')}, or a preset`,
    remedy: near ? `Did you mean '${near}'?` : 'See npx kshot ls standard and npx kshot ls presets',
  })
}

export function badValue(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('config/bad-value', { got, expected, remedy })
}
