import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Json, KshotError } from '@kshot/core'
import { settingName } from '../describe'
import type { CurvePoint, DoneRow } from '../leaderboard/results'
import type { Result } from '../result'
import { FILES, type LogLine } from '../run-folder'
import type { Config } from '../schema'
import type { Learning } from './page/learning'
import { learnerKey } from './paper'

interface EpisodeLine {
  readonly accuracy: number
  readonly predicted?: readonly number[]
}

/**
 * The folder of a `kshot run` as the row of a leaderboard.
 * @throws `usage/no-results`, `usage/no-accuracy`, `results/damaged`
 */
export function rowOfRun(folder: string): DoneRow {
  const result = document(folder) as Result
  const { test, labels, setting, train, measured, seeds, backend } = result
  if (!('accuracy' in test)) throw noAccuracy(folder)
  const episodes = lines<EpisodeLine>(folder, FILES.episodes)
  if (episodes.length !== test.episodes) throw cutOff(folder, episodes.length, test.episodes)
  const predicted = episodes.flatMap((line) => (line.predicted ? [line.predicted] : []))
  return {
    ...result,
    test,
    status: 'done',
    cell: {
      name: basename(resolve(folder)),
      learner: learnerKey(result.learner),
      setting: `${setting.dataset}, ${settingName(setting)}`,
      budget: { by: 'images', amount: train.images },
      backend,
      seed: seeds.run,
    },
    scores: episodes.map(({ accuracy }) => accuracy),
    predictions: { episodes: predicted.length, labels: predicted },
    curve: curveOf(folder, train),
    costs: {
      trainSeconds: train.seconds,
      trainImagesPerSecond: measured.trainImagesPerSecond,
      // The mean, with drawing the episode; each of several workers takes that much longer.
      adaptPredictMs: (1000 * Math.max(1, measured.workers)) / measured.testEpisodesPerSecond,
      peakMemoryBytes: measured.peakMemoryBytes,
      parameters: labels.parameters,
      cellsAtOnce: 1,
    },
  }
}

/** What a run says of its training. */
export function learningOf(folder: string): Learning {
  const { config, train } = document(folder) as Result
  return { config: config as Config, images: train.images, steps: logOf(folder) }
}

interface Logged extends LogLine {
  readonly accuracy?: number
  readonly validation?: number
}

function logOf(folder: string): Logged[] {
  return existsSync(join(folder, FILES.log)) ? lines<Logged>(folder, FILES.log) : []
}

/** The validations of a log. */
function curveOf(folder: string, { steps, episodes, images }: Result['train']): CurvePoint[] {
  return logOf(folder).flatMap(({ step, validation, seconds }) =>
    validation === undefined
      ? []
      : [
          {
            step,
            validation,
            seconds,
            episodes: Math.round((step * episodes) / steps),
            images: Math.round((step * images) / steps),
          },
        ],
  )
}

function document(folder: string): unknown {
  const path = join(folder, FILES.result)
  try {
    const result = JSON.parse(readFileSync(path, 'utf8')) as Partial<Result>
    if (result.test && result.labels && result.setting && result.episodeSet) return result
  } catch (cause) {
    throw damaged(path, (cause as Error).message)
  }
  throw damaged(path, 'no test, labels, setting or episodeSet in it')
}

function lines<T>(folder: string, file: string): T[] {
  const path = join(folder, file)
  try {
    const text = readFileSync(path, 'utf8')
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]))
  } catch (cause) {
    throw damaged(path, (cause as Error).message)
  }
}

function damaged(path: string, why: string): KshotError {
  return new KshotError('results/damaged', {
    got: `${path}: ${why}`,
    expected: 'a file as kshot run writes it',
    remedy: 'Test again with: kshot run --resume --out with this folder',
  })
}

function cutOff(folder: string, got: number, expected: number): KshotError {
  return damaged(join(folder, FILES.episodes), `${got} episodes where the result has ${expected}`)
}

function noAccuracy(folder: string): KshotError {
  return new KshotError('usage/no-accuracy', {
    got: `${folder}, a regression`,
    expected: 'results with an accuracy',
    remedy: 'Leave it out; its errors stand in its own result.json and curves.svg',
  })
}

/** A configuration without what makes two runs of the same learner two. */
export function withoutSeed(config: unknown): Json {
  const { seed: _, workers: __, ...rest } = config as { [key: string]: Json }
  return rest
}
