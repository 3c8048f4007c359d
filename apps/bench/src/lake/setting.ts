// Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program induction.
import { KshotError } from '@kshot/core'
import { lakeTest } from '@kshot/core/card'
import { taskSetHash } from '@kshot/episodes'
import { findLakeRuns, lakeRuns } from '@kshot/episodes/node'
import type { Config, ConfigInput } from '../configuration/schema'
import { type Data, openData } from '../data/data'

/** What `kshot eval --setting` calls it. */
export const LAKE = 'lake-one-shot'

/**
 * The configuration that tests a checkpoint on Lake's task.
 * @throws `usage/seen-in-training` unless it was trained on `images_background` alone
 */
export function lakeConfig({ dataset, ...trained }: Config): ConfigInput {
  checkUnseen(dataset)
  const { resize } = dataset as Pixels
  const plain = { name: 'omniglot', split: 'lake', resize, rotations: 'none' } as const
  return { ...trained, dataset: plain, test: lakeTest } as ConfigInput
}

/** What options of Omniglot say of its pixels. */
type Pixels = { readonly resize: 'nearest' | 'area' } & Config['dataset']

/** Why what was learned from other splits cannot be tested on the evaluation characters. */
const SEEN: { readonly [split: string]: string } = {
  vinyals: 'Vinyals’ split trains on 236 of the 659 characters of images_evaluation',
  finn: 'Finn’s split shuffles images_background and images_evaluation before choosing training characters',
}

/** The split `lake` trains and validates on images_background alone; all others are refused. */
function checkUnseen(dataset: Config['dataset']): void {
  const split = dataset.name === 'omniglot' ? String(dataset.split) : undefined
  if (split === 'lake') return
  const known = split === undefined ? undefined : SEEN[split]
  throw new KshotError('usage/seen-in-training', {
    got: known
      ? `a checkpoint that has seen characters of this test: ${known}`
      : `a checkpoint trained on '${dataset.name}', whose characters may be part of this test`,
    expected: 'one trained only on images_background: dataset.name omniglot, dataset.split lake',
    remedy: 'Train with one of these presets: protonet-lake, matching-lake, siamese-lake',
  })
}

/**
 * Checks that the command line has left the task as it is; more runs may be drawn, or others.
 * @throws `usage/other-setting`
 */
export function checkLake({ dataset, test }: Config): void {
  const { episodes: _, ...fixed } = lakeTest
  for (const [key, value] of Object.entries({ ...fixed, adaptationSteps: undefined })) {
    const got = test[key as keyof typeof test]
    if (got !== value) throw otherSetting(`test.${key}`, got, value)
  }
  const plain = { name: 'omniglot', split: 'lake', rotations: 'none', distort: undefined }
  for (const [key, value] of Object.entries(plain)) {
    const got = (dataset as { [key: string]: unknown })[key]
    if (got !== value) throw otherSetting(`dataset.${key}`, got, value)
  }
}

function otherSetting(key: string, got: unknown, value: unknown): KshotError {
  return new KshotError('usage/other-setting', {
    got: `'${key}' ${JSON.stringify(got)} with --setting ${LAKE}`,
    expected: JSON.stringify(value) ?? 'none',
    remedy: 'Leave it out; only test.episodes and test.seed can be set, for drawn runs',
  })
}

/** The runs, and whether they are Lake's own. */
export interface LakeData extends Data {
  readonly official: boolean
}

/**
 * Lake's own runs where their archive lies, else runs of the same kind drawn from the evaluation images.
 * @throws `usage/other-setting`, and what the data throws: missing or damaged
 */
export async function openLake(config: Config, location: string | undefined): Promise<LakeData> {
  const archive = findLakeRuns(location)
  if (!archive) return { ...(await openData(config, location)), official: false }
  const { episodes, seed } = config.test
  if (episodes !== lakeTest.episodes) throw otherSetting('test.episodes', episodes, 20)
  if (seed !== 0) throw otherSetting('test.seed', seed, 0)
  const { resize } = config.dataset as Pixels
  const test = await lakeRuns({ data: archive, resize })
  return {
    test,
    official: true,
    validation: undefined,
    train: () => {
      throw new Error('a test has nothing to train on')
    },
    description: `Lake’s 20 runs: ${archive}`,
    episodeSet: () => taskSetHash(test, episodes),
  }
}
