import type { CellEvent } from './cell'
import type { Outcome } from './cell-process'
import type { CellPlan } from './plan'

/** A cell on its way. */
export interface Track {
  readonly plan: CellPlan
  readonly startedAt: number
  /** Of the whole cell: 0 … 1. */
  readonly share: number
  /** Where it was when it began in this process: a resumed cell has a part behind it. */
  readonly from: number | undefined
  readonly phase: 'starting' | 'encoding' | 'training' | 'testing'
  readonly validation: number | undefined
}

export interface Tracker {
  begin(plan: CellPlan): void
  event(plan: CellPlan, event: CellEvent): Track
  /** How long it took, in seconds. */
  end(plan: CellPlan, outcome: Outcome): number
  readonly running: readonly Track[]
  /** Of this session. */
  readonly counts: { readonly done: number; readonly failed: number; readonly waiting: number }
  /** Until all are done, if that can be told. */
  secondsLeft(): number | undefined
}

const PHASES = { encode: 'encoding', step: 'training', test: 'testing' } as const

/** Testing and validating along the way are a part of a cell too. */
const TRAINING_SHARE = 0.9

/** Follows the cells that are to do, and tells from those that are done how long the others will take. */
export function tracker(
  toDo: readonly CellPlan[],
  workers: number,
  now: () => number = () => performance.now(),
): Tracker {
  const running = new Map<string, Track>()
  const waiting = new Map(toDo.map((plan) => [plan.cell.name, plan]))
  const durations = cellDurations()
  let [done, failed] = [0, 0]
  return {
    begin(plan) {
      waiting.delete(plan.cell.name)
      const startedAt = now()
      const fresh = { phase: 'starting', share: 0, from: undefined, validation: undefined } as const
      running.set(plan.cell.name, { plan, startedAt, ...fresh })
    },
    event(plan, event) {
      const track = movedOn(running.get(plan.cell.name)!, event)
      running.set(plan.cell.name, track)
      return track
    },
    end(plan, { type }) {
      const { startedAt, from = 0 } = running.get(plan.cell.name)!
      const seconds = (now() - startedAt) / 1000
      running.delete(plan.cell.name)
      if (type === 'failed') failed++
      if (type !== 'done') return seconds
      done++
      durations.add(plan, seconds / Math.max(0.01, 1 - from))
      return seconds
    },
    get running() {
      return [...running.values()]
    },
    get counts() {
      return { done, failed, waiting: waiting.size }
    },
    secondsLeft() {
      const parts = [
        ...[...running.values()].map((track) => ({
          whole: projected(track, now(), durations),
          left: 1 - track.share,
        })),
        ...[...waiting.values()].map((plan) => ({ whole: durations.expected(plan), left: 1 })),
      ]
      const all = totalOf(parts)
      return all === undefined ? undefined : all / Math.min(workers, Math.max(1, parts.length))
    },
  }
}

type Durations = ReturnType<typeof cellDurations>

/** Seconds that whole cells took, by setting, learner and kind of budget. */
function cellDurations() {
  const took = new Map<string, number[]>()
  const kind = ({ cell }: CellPlan) => `${cell.setting}\0${cell.learner}\0${cell.budget.by}`
  return {
    add(plan: CellPlan, seconds: number) {
      took.set(kind(plan), [...(took.get(kind(plan)) ?? []), seconds])
    },
    /** As cells of its kind took; else as all. */
    expected(plan: CellPlan): number | undefined {
      const own = took.get(kind(plan))
      if (own) return mean(own)
      const all = [...took.values()].map(mean)
      return all.length > 0 ? mean(all) : undefined
    },
  }
}

/** Seconds of a whole cell like one that runs, from what it has done so far. */
function projected(
  { share, from = share, startedAt, plan }: Track,
  now: number,
  durations: Durations,
): number | undefined {
  const elapsed = (now - startedAt) / 1000
  return share - from > 0.05 ? elapsed / (share - from) : durations.expected(plan)
}

interface Part {
  /** Seconds of the whole cell, where they can be told. */
  readonly whole: number | undefined
  /** How much of it is to do, 0 … 1. */
  readonly left: number
}

/** Seconds of all that is to do; a cell of unknown length counts as the mean of the others. */
function totalOf(parts: readonly Part[]): number | undefined {
  const known = parts.map(({ whole }) => whole).filter((n) => n !== undefined)
  if (known.length === 0) return undefined
  const guess = mean(known)
  return parts.reduce((sum, { whole, left }) => sum + (whole ?? guess) * left, 0)
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}

function movedOn(known: Track, event: CellEvent): Track {
  const share = shareOf(known.plan, event)
  return {
    ...known,
    share,
    from: event.type === 'encode' ? known.from : (known.from ?? share),
    phase: PHASES[event.type],
    validation: (event.type === 'step' ? event.validation : undefined) ?? known.validation,
  }
}

function shareOf({ config }: CellPlan, event: CellEvent): number {
  const { steps, maxSeconds } = config.train
  if (event.type === 'encode') return 0
  const trained = steps === 0 ? 0 : TRAINING_SHARE
  if (event.type === 'test') return trained + (1 - trained) * (event.done / config.test.episodes)
  const part = maxSeconds === undefined ? event.step / steps : event.seconds / maxSeconds
  return trained * Math.min(1, part)
}
