import { basename } from 'node:path'
import { canonicalJson } from '@kshot/core'
import type { Splits } from '@kshot/episodes'
import { largest, type NumberOrRange, rangeText } from '@kshot/results'
import { dataset as datasetSchema } from '../catalogue/datasets'
import type { Examples } from '../catalogue/standard'
import { checked } from '../checking/checked'
import { resolvePaths } from '../configuration/resolve-paths'
import type { Config } from '../configuration/schema'
import { suited } from '../configuration/suited'
import { tooFewClasses } from '../data/enough-classes'
import { openSplits } from '../data/open-dataset'
import { badValue } from './entries'
import { allLearnNothing } from './learns-nothing'
import type { Leaderboard, SettingInput } from './schema'

/** What learners are tested on, with everything said. */
export interface Setting {
  readonly name: string
  readonly dataset: Config['dataset']
  readonly splits: Splits
  readonly examples: Examples
  readonly shape: {
    readonly ways: Config['test']['ways'] & (number | object)
    readonly shots: Config['test']['shots']
    readonly queries: number
    readonly within?: 'group'
    readonly drawers?: 'own' | 'shared'
  }
  /** The name of the setting whose checkpoints are tested here, where none are trained. */
  readonly checkpointsOf: string | undefined
}

/** Where the data of a leaderboard lies. */
export interface Places {
  /** The folder of the configuration: paths in it are seen from there. */
  readonly from: string
  /** Where data sets lie that have a name. */
  readonly data: string | undefined
}

/**
 * The settings of a leaderboard, with their data opened: all that can be wrong with it is wrong before
 * anything is trained.
 * @throws `config/bad-value`, and what opening a data set throws
 */
export async function settingsOf(board: Leaderboard, places: Places): Promise<Setting[]> {
  const opened = new Map<string, Promise<Splits>>()
  const open = (dataset: Config['dataset']): Promise<Splits> => {
    const key = canonicalJson(dataset)
    if (!opened.has(key)) opened.set(key, openSplits(dataset, places.data))
    return opened.get(key)!
  }
  const settings: Setting[] = []
  for (const [i, input] of board.settings.entries()) {
    const data = input.data ?? board.data
    if (!data)
      throw badValue(`no data for 'settings.${i}'`, 'data for this setting or for all', HOW)
    const dataset = await datasetOf(data, places.from)
    const splits = await open(dataset)
    const { shape } = splits.test
    const untrained = await allLearnNothing(board, examplesOf(shape), shape)
    if (untrained && wantsMore(input, splits) && !('splits' in dataset && dataset.splits)) {
      const splits = { train: 0, validation: 0, test: 1 }
      // of a user's own data alone, which has splits
      const whole = { ...dataset, splits } as typeof dataset
      settings.push(settingOf(input, whole, await open(whole), true))
    } else {
      settings.push(settingOf(input, dataset, splits, untrained))
    }
  }
  const names = settings.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    const got = `two settings called '${twice}'`
    throw badValue(got, 'a unique name for each', 'Give one a name')
  }
  for (const setting of settings) checkSource(setting, settings)
  return settings
}

/** That what a setting tests is trained, and on the same data. */
function checkSource(setting: Setting, settings: readonly Setting[]): void {
  const { name, checkpointsOf, dataset } = setting
  if (checkpointsOf === undefined) return
  const trained = settings.filter((other) => other.checkpointsOf === undefined)
  const source = trained.find((other) => other.name === checkpointsOf)
  if (source && canonicalJson(source.dataset) === canonicalJson(dataset)) return
  const names = trained.map((other) => other.name).join(', ')
  throw badValue(
    `'${name}' with the checkpoints of '${checkpointsOf}'${source ? ', which has other data' : ''}`,
    `a trained setting with the same data: ${names}`,
    'Name one of them in checkpointsOf, or leave it out',
  )
}

const HOW = 'Add "data": { "kind": "glyphs" }; npx kshot ls datasets names the kinds'

/** The data set of a run's configuration; `kind` is its name there. */
async function datasetOf(
  { kind, ...data }: NonNullable<Leaderboard['data']>,
  from: string,
): Promise<Config['dataset']> {
  const raw = { dataset: { name: kind, ...data } }
  const { dataset } = resolvePaths(from, raw) as typeof raw
  return suited(checked(datasetSchema, dataset))
}

function examplesOf(shape: readonly number[]): Examples {
  return shape.length > 1 ? 'pictures' : 'vectors'
}

/** Whether a user's own classes are too few to be dealt to three splits. */
function wantsMore({ ways = WAYS }: SettingInput, { test, given, understood }: Splits): boolean {
  return understood !== undefined && !given && test.classes.length < largest(ways)
}

function settingOf(
  input: SettingInput,
  dataset: Config['dataset'],
  splits: Splits,
  untrained: boolean,
): Setting {
  const { shots, within, drawers } = input
  const all = untrained ? [splits.test] : [splits.train, splits.validation, splits.test]
  const ways = input.ways ?? Math.min(WAYS, ...all.map(({ classes }) => classes.length))
  if (largest(ways) < 2) throw tooFewClasses(splits)
  const sizes = all.flatMap(({ classes }) => classes.map(({ size }) => size))
  const queries =
    input.queries ?? Math.max(1, Math.min(QUERIES, Math.min(...sizes) - largest(shots)))
  return {
    name: input.name ?? `${dataName(dataset)}-${inName(ways)}w${inName(shots)}s`,
    dataset,
    splits,
    examples: examplesOf(splits.test.shape),
    shape: { ways, shots, queries, ...(within && { within }), ...(drawers && { drawers }) },
    checkpointsOf: input.checkpointsOf,
  }
}

/** `3-7`: folders are called so. */
function inName(drawn: NumberOrRange): string {
  return rangeText(drawn).replace('–', '-')
}

const WAYS = 5
const QUERIES = 15

/** The name of a data set, or of the file that it is. */
function dataName(dataset: Config['dataset']): string {
  if (typeof dataset.path !== 'string') return dataset.name
  const name = basename(dataset.path).replace(/\.\w+$/, '')
  return name.replace(/[^\w+-]+/g, '-').replace(/^\W+/, '') || dataset.name
}
