import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isKshotError, KshotError } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import { type DoneRow, isDone, parseRow, type Row, rowText } from '@kshot/results'
import type { Config } from '../configuration/schema'
import { MOST_BYTES, readJson, readText } from '../files/text-file'
import { configIn, contents, FILES, makeFolder } from '../running/run-folder'
import { rowOfFolder } from '../running/run-row'
import { checkIsConfig, checkSameConfig } from '../running/training-file'
import { about, type TestPlan } from './plan'

const ROW = 'row.json'
/** How long the learner took for an episode. */
export const TIMING = 'timing.json'
/** So many test episodes keep their predictions: enough to look at, small enough to commit. */
const PREDICTIONS = 50

export function cellFolder(out: string, name: string): string {
  return join(out, 'cells', name)
}

/**
 * The row of a cell, if it has come to its end.
 * @throws `results/damaged`; `usage/other-config` if the cell was run with another configuration
 */
export function finishedRow(out: string, { cell, config }: TestPlan): Row | undefined {
  const folder = cellFolder(out, cell.name)
  if (contents(folder).config) {
    checkSame(cell.name, configIn(folder), config)
  }
  const path = join(folder, ROW)
  return existsSync(path) ? rowAt(path) : undefined
}

function rowAt(path: string): Row {
  try {
    return parseRow(readText(path, MOST_BYTES.result), path)
  } catch (cause) {
    if (isKshotError(cause)) throw cause
    throw new KshotError('results/damaged', {
      got: `${path}: ${(cause as Error).message}`,
      expected: 'the row of a cell, as written by kshot leaderboard',
      remedy: 'Remove the folder of the cell and continue with kshot leaderboard --resume',
      cause,
    })
  }
}

/**
 * Checks that a row, whose folder need not be here, is of this configuration.
 * @throws `usage/other-config`
 */
export function checkRow(row: Row, { cell, config }: TestPlan, written: RowParts['written']): void {
  if (!isDone(row)) return
  checkIsConfig(row.config, cell.name)
  checkSame(cell.name, row.config, asWritten(config, written))
}

function checkSame(name: string, earlier: Config, now: Config): void {
  try {
    checkSameConfig(earlier, now)
  } catch (error) {
    throw about(name, error)
  }
}

/** Whole or not at all. @throws `checkpoint/unwritable` */
export async function writeRow(out: string, row: Row): Promise<void> {
  // A process may have ended before it made its folder.
  await makeFolder(cellFolder(out, row.cell.name))
  await writeFileAtomic(join(cellFolder(out, row.cell.name), ROW), `${rowText(row)}\n`)
}

export interface RowParts extends TestPlan {
  readonly out: string
  readonly cellsAtOnce: number
  /** Paths of this machine, and how the configuration writes them. */
  readonly written: { readonly [path: string]: string }
}

/** The row of a cell whose run is done, from the files of the run. */
export function rowOfCell({ out, cell, backbone, cellsAtOnce, written }: RowParts): DoneRow {
  const folder = cellFolder(out, cell.name)
  const row = rowOfFolder(folder)
  const labels = row.predictions.labels.slice(0, PREDICTIONS)
  const adaptPredictMs = timingOf(join(folder, TIMING))
  return asWritten(
    {
      ...row,
      cell,
      backbone,
      predictions: { episodes: labels.length, labels },
      costs: { ...row.costs, adaptPredictMs, cellsAtOnce },
      // Seen from the folder of the leaderboard, wherever that is moved.
      checkpoint: join('cells', cell.name, FILES.meta),
    },
    written,
  )
}

function timingOf(path: string): number {
  const { adaptPredictMs } = (readJson(path) ?? {}) as { readonly adaptPredictMs?: unknown }
  if (typeof adaptPredictMs === 'number') return adaptPredictMs
  throw new KshotError('run/damaged', {
    got: `${path}, without 'adaptPredictMs'`,
    expected: 'a file as written by kshot leaderboard',
    remedy: 'Remove the folder of the cell and continue with kshot leaderboard --resume',
  })
}

/** The row of a test of what a cell has trained: what that has learned, and how long it took, is its own. */
export function rowOfTest(trained: DoneRow, parts: RowParts): DoneRow {
  const row = rowOfCell(parts)
  const { trainSeconds, trainImagesPerSecond } = trained.costs
  return {
    ...row,
    train: trained.train,
    curve: trained.curve,
    costs: { ...row.costs, trainSeconds, trainImagesPerSecond },
    checkpoint: trained.checkpoint,
  }
}

/** Rows of one leaderboard are the same wherever its files lie. */
function asWritten<T>(value: T, written: RowParts['written']): T {
  return JSON.parse(JSON.stringify(value), (_, inner) =>
    typeof inner === 'string' && Object.hasOwn(written, inner) ? written[inner] : inner,
  )
}
