import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KshotError } from '@kshot/core'
import { isDone, type Row, resultsText } from '@kshot/results'
import { claim, unwritable } from '../files/lock'
import { RESULTS, readResults, writeResults } from '../files/results-file'
import { makeFolder } from '../running/run-folder'
import type { CellEvent, CellJob } from './cell'
import { cellFolder, checkRow, finishedRow, writeRow } from './cell-folder'
import { crashed, type Outcome, type RunningCell, startCell } from './cell-process'
import type { CellPlan, TestPlan } from './plan'
import { cellsOfShard, type Shard } from './shard'

export interface BoardJob {
  readonly cells: readonly CellPlan[]
  readonly out: string
  readonly resume: boolean
  readonly shard: Shard | undefined
  /** Processes at a time. */
  readonly workers: number
  readonly data: string | undefined
  readonly allowModule: boolean
  readonly written: CellJob['written']
  readonly signal: AbortSignal
  readonly on: BoardEvents
}

export interface About {
  readonly toDo: readonly CellPlan[]
  /** Cells that were done before. */
  readonly finished: number
  readonly out: string
  readonly workers: number
}

/** What a person may want to see while cells run. */
export interface BoardEvents {
  start?(about: About): void
  begin?(plan: CellPlan): void
  event?(plan: CellPlan, event: CellEvent): void
  end?(plan: CellPlan, outcome: Outcome): void
}

export interface Ended {
  /** Of all cells of the configuration that have come to their end, in this folder. */
  readonly rows: readonly Row[]
  /** Cells that were run now. */
  readonly ran: number
  /** Cells of this shard that are still to do. */
  readonly left: number
}

/**
 * Runs the cells that have not come to their end, some at a time, and keeps `results.jsonl` true all the
 * while. A cell that fails is a row that says why; the others go on.
 * @throws `usage/folder-taken`, `usage/folder-busy`, `usage/other-config`, `usage/rows-lost`, `run/unwritable`
 */
export async function runBoard(job: BoardJob): Promise<Ended> {
  const { out, cells, shard, on, workers } = job
  if (existsSync(join(out, RESULTS)) && !job.resume) throw folderTaken(out)
  await opened(out)
  const release = await claim(join(out, 'lock'))
  try {
    const rows = await rowsSoFar(job)
    const mine = cellsOfShard(cells, shard)
    const isFinished = ({ cell }: TestPlan) => {
      const row = rows.get(cell.name)
      return row !== undefined && isDone(row)
    }
    const waiting = mine.filter((plan) => !tests(plan).every(isFinished))
    // What has failed is tried again.
    for (const plan of waiting.flatMap(tests)) if (!isFinished(plan)) rows.delete(plan.cell.name)
    const finished = mine.length - waiting.length
    await keep(out, rows)
    on.start?.({ toDo: waiting, finished, out, workers })
    await runAll(job, waiting, rows)
    const left = mine.filter((plan) => !tests(plan).every(({ cell }) => rows.has(cell.name))).length
    return { rows: [...rows.values()], ran: waiting.length - left, left }
  } finally {
    await release()
  }
}

/** A cell and the further tests of what it trains: a row each. */
function tests(plan: CellPlan): TestPlan[] {
  return [plan, ...plan.also]
}

/** The rows that are known: of the cells' folders, or of results that came without them. */
async function rowsSoFar({ out, cells, written }: BoardJob): Promise<Map<string, Row>> {
  const path = join(out, RESULTS)
  const kept = new Map(
    (existsSync(path) ? await readResults(path) : []).map((row) => [row.cell.name, row]),
  )
  const rows = new Map<string, Row>()
  for (const plan of cells.flatMap(tests)) {
    const { name } = plan.cell
    const own = finishedRow(out, plan)
    const row = own ?? kept.get(name)
    if (!row) continue
    if (!own) checkRow(row, plan, written)
    // The budget of a learner that is not trained stands in no configuration.
    rows.set(name, { ...row, cell: plan.cell })
    kept.delete(name)
  }
  const lost = [...kept.keys()].filter((name) => !existsSync(cellFolder(out, name)))
  if (lost.length > 0) throw rowsLost(path, lost)
  return rows
}

function rowsLost(path: string, names: readonly string[]): KshotError {
  return new KshotError('usage/rows-lost', {
    got: `${path} with ${names.length} results that this configuration has no cells for, such as ${names[0]}`,
    expected: 'a cell for every result, so that none is lost',
    remedy: 'Use the configuration that produced them, or pass another folder with --out',
  })
}

/** Takes cells from the queue until it is empty or a signal comes; what cannot be kept stops all. */
async function runAll(
  job: BoardJob,
  waiting: readonly CellPlan[],
  rows: Map<string, Row>,
): Promise<void> {
  const queue = [...waiting]
  const running = new Set<RunningCell>()
  const halt = new AbortController()
  const signal = AbortSignal.any([job.signal, halt.signal])
  signal.addEventListener('abort', () => {
    for (const cell of running) cell.stop()
  })
  const saving = inTurn()
  const work = async () => {
    for (let plan = queue.shift(); plan && !signal.aborted; plan = queue.shift()) {
      const ended = await runOne(job, plan, running)
      if (ended.type === 'stopped' && signal.aborted) return
      const outcome = ended.type === 'stopped' ? crashed('only its process was stopped') : ended
      await saving(() => saved(job.out, plan!, outcome, rows))
    }
  }
  const stopping = () =>
    work().catch((error) => {
      halt.abort()
      throw error
    })
  const ends = await Promise.allSettled(Array.from({ length: job.workers }, stopping))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}

async function runOne(
  { on, out, data, allowModule, workers, written }: BoardJob,
  plan: CellPlan,
  running: Set<RunningCell>,
): Promise<Outcome> {
  on.begin?.(plan)
  const job = { ...plan, out, data, allowModule, written, cellsAtOnce: workers }
  const cell = startCell(job, (event) => on.event?.(plan, event))
  running.add(cell)
  const outcome = await cell.ended
  running.delete(cell)
  on.end?.(plan, outcome)
  return outcome
}

async function saved(
  out: string,
  plan: CellPlan,
  outcome: Exclude<Outcome, { type: 'stopped' }>,
  rows: Map<string, Row>,
): Promise<void> {
  for (const test of tests(plan)) {
    const { cell } = test
    const done = finishedRow(out, test)
    if (done && isDone(done)) rows.set(cell.name, done)
    else if (outcome.type === 'failed') {
      const row: Row = { status: 'failed', cell, reason: outcome.reason }
      await writeRow(out, row)
      rows.set(cell.name, row)
    }
  }
  await keep(out, rows)
}

/** Writes what is known, unless it is written already: what is complete is not touched again. */
async function keep(out: string, rows: ReadonlyMap<string, Row>): Promise<void> {
  const path = join(out, RESULTS)
  const all = [...rows.values()]
  if (existsSync(path) && readFileSync(path, 'utf8') === resultsText(all)) return
  await writeResults(path, all)
}

/** One after the other, in the order of the calls. */
function inTurn(): (f: () => Promise<void>) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  return (f) => {
    const next = last.then(f)
    last = next.catch(() => {})
    return next
  }
}

async function opened(out: string): Promise<void> {
  await makeFolder(join(out, 'cells')).catch((cause) => {
    throw unwritable(out, cause)
  })
}

function folderTaken(out: string): KshotError {
  return new KshotError('usage/folder-taken', {
    got: `the folder ${out}, which holds a leaderboard`,
    expected: 'a folder without one, so that nothing is lost',
    remedy: 'Continue with --resume, or pass another folder with --out',
  })
}
