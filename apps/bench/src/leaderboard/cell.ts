import { join } from 'node:path'
import { type Context, disposeTask, isKshotError, rng } from '@kshot/core'
import { type FailedRow, isDone } from '@kshot/results'
import { tidy } from '@tensorflow/tfjs-core'
import { claim } from '../files/lock'
import { typedError } from '../process/system-error'
import { evaluateCheckpoint } from '../running/evaluate-checkpoint'
import { run } from '../running/run'
import type { RunEvents } from '../running/run-events'
import { contents, FILES, makeFolder, writeJson } from '../running/run-folder'
import type { TestJob } from '../running/test-job'
import {
  cellFolder,
  finishedRow,
  type RowParts,
  rowOfCell,
  rowOfTest,
  TIMING,
  writeRow,
} from './cell-folder'
import type { CellPlan, TestPlan } from './plan'

/** Everything that the process of a cell receives. */
export interface CellJob extends RowParts, Pick<CellPlan, 'also'> {
  /** Where data sets lie. */
  readonly data: string | undefined
  readonly allowModule: boolean
}

/** How far a cell has come. */
export type CellEvent =
  | {
      readonly type: 'step'
      readonly step: number
      readonly seconds: number
      readonly validation?: number
    }
  | { readonly type: 'test'; readonly done: number }
  | { readonly type: 'encode'; readonly done: number; readonly total: number }

/** A process that was killed needs this long at most to end the step that it is in. */
const PATIENCE_MS = 60_000

/**
 * Runs a cell in its folder, from where it was stopped, and writes its row.
 * @throws what a run throws
 */
export async function runCell(
  job: CellJob,
  signal: AbortSignal,
  on: (event: CellEvent) => void,
): Promise<void> {
  const folder = cellFolder(job.out, job.cell.name)
  await makeFolder(folder)
  const release = await claim(join(folder, 'lock'), { patienceMs: PATIENCE_MS, signal })
  try {
    const resume = contents(folder).config
    const { config, data, allowModule } = job
    await run({
      config,
      folder,
      resume,
      data,
      allowModule,
      signal,
      embeddings: join(job.out, FILES.embeddings),
      // Other cells have the other cores, and sums are split by the number of threads.
      oneThread: true,
      on: eventsOf(folder, on),
    })
    const trained = rowOfCell(job)
    await writeRow(job.out, trained)
    for (const test of job.also) {
      const row = finishedRow(job.out, test)
      if (row && isDone(row)) continue
      await runTest(job, test, signal, on)
      await writeRow(job.out, rowOfTest(trained, { ...job, ...test }))
    }
  } finally {
    await release()
  }
}

/** Tests what was trained in another setting too. */
async function runTest(
  job: CellJob,
  test: TestPlan,
  signal: AbortSignal,
  on: (event: CellEvent) => void,
): Promise<void> {
  const { out, data, allowModule } = job
  const folder = cellFolder(out, test.cell.name)
  await makeFolder(folder)
  await writeJson(join(folder, FILES.config), test.config)
  await evaluateCheckpoint({
    checkpoint: join(cellFolder(out, job.cell.name), FILES.meta),
    overrides: {},
    test: test.config.test,
    folder,
    embeddings: join(out, FILES.embeddings),
    oneThread: true,
    data,
    allowModule,
    signal,
    on: eventsOf(folder, on),
  })
}

function eventsOf(folder: string, on: (event: CellEvent) => void): RunEvents {
  return {
    encode: (done, total) => on({ type: 'encode', done, total }),
    step: ({ step, validation }, seconds) =>
      on({ type: 'step', step, seconds, ...(validation && { validation: validation.mean }) }),
    testEpisode: (done) => on({ type: 'test', done }),
    tested: async (job) =>
      writeJson(join(folder, TIMING), { adaptPredictMs: await adaptPredictMs(job) }),
  }
}

const [WARM_UP, MEASURED] = [3, 20]

/** Milliseconds to adapt to a support set and predict its queries: the median of some test episodes. */
async function adaptPredictMs({ learner, meta, data, step, config }: TestJob): Promise<number> {
  const times: number[] = []
  const random = rng(config.seed).split('test')
  for (let i = 0; i < Math.min(WARM_UP + MEASURED, config.test.episodes); i++) {
    const episode = await data.test(i)
    const ctx: Context = { step, phase: 'test', rng: random.split(i) }
    const started = performance.now()
    const output = tidy(() =>
      learner.predict(meta, learner.adapt(meta, episode.support, ctx), episode.query.x, ctx),
    )
    await output.data()
    times.push(performance.now() - started)
    disposeTask([output, episode])
  }
  const measured = times.slice(Math.min(WARM_UP, times.length - 1)).sort((a, b) => a - b)
  return measured[Math.floor(measured.length / 2)]!
}

/** Why a cell failed, whatever was thrown. */
export function reasonOf(thrown: unknown): FailedRow['reason'] {
  const error = typedError(thrown)
  if (isKshotError(error)) {
    const { code, got, expected, remedy } = error
    return { code, got, expected, remedy }
  }
  return {
    code: 'cell/crashed',
    got: error instanceof Error ? error.message : String(error),
    expected: 'a run that finishes',
    remedy: 'To see more, run its config.json alone with npx kshot run',
  }
}
