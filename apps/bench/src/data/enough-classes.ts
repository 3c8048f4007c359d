import { KshotError } from '@kshot/core'
import type { Splits } from '@kshot/episodes'
import type { Config } from '../configuration/schema'
import { dealing } from './understood'

type Phase = 'train' | 'validate' | 'test'
type Ways = number | { readonly max: number } | undefined

const SPLIT = { train: 'train', validate: 'validation', test: 'test' } as const

/**
 * That each split has the classes of its episodes. Classes are dealt to three splits, and few are soon
 * too few: the error says how they were dealt, and what can be done. For users' own data, and data without
 * any class for it.
 * @param phases that draw episodes
 * @throws `episodes/too-few-classes`
 */
export function checkEnoughClasses(
  config: Pick<Config, Phase | 'dataset'>,
  splits: Splits,
  phases: readonly Phase[],
): void {
  for (const phase of phases) {
    const ways = most((config[phase] as { readonly ways?: Ways } | null)?.ways)
    const n = splits[SPLIT[phase]].classes.length
    if (ways <= n || config[phase] === null || !(splits.understood || n === 0)) continue
    throw tooFew(phase, ways, n, splits)
  }
}

function most(ways: Ways): number {
  return typeof ways === 'object' ? ways.max : (ways ?? 0)
}

function tooFew(phase: Phase, ways: number, n: number, splits: Splits): KshotError {
  const all = [splits.train, splits.validation, splits.test].flatMap(
    ({ classes }) => classes,
  ).length
  return new KshotError('episodes/too-few-classes', {
    got: `${ways} ways to ${phase === 'train' ? 'train' : phase}, but ${n} classes for it; the data has ${dealing(splits)}`,
    expected: `at least ${ways} classes to ${phase}`,
    remedy: remedies(phase, n, all).join('; or '),
  })
}

/** Where no episode of two classes can be drawn from each split. */
export function tooFewClasses(splits: Splits): KshotError {
  return new KshotError('episodes/too-few-classes', {
    got: `data of ${dealing(splits)}`,
    expected: 'at least two classes each for training, validation and test',
    remedy: `Add classes, at least six in all; or ${NO_TRAINING}`,
  })
}

/** What needs no classes to train on. */
const NO_TRAINING =
  'skip training: npx kshot classify --support PATH --check tells how well a few examples per class do, and a leaderboard of learners that learn nothing (nearest-centroid, nearest-neighbours), or have "untrained": true, tests on all classes'

function remedies(phase: Phase, n: number, all: number): string[] {
  return [
    ...(n >= 2 ? [`use fewer ways: --set ${phase}.ways=${n}`] : []),
    ...(phase === 'validate' ? ['skip validation: --set validate=null'] : []),
    ...(all >= 6
      ? [
          `split the classes differently: --set 'dataset.splits={"train":0.4,"validation":0.2,"test":0.4}'`,
        ]
      : ['add classes: at least six for training, validation and test']),
    NO_TRAINING,
  ]
}
