import { describe, expect, it } from 'vitest'
import type { CellPlan } from './plan'
import { tracker } from './tracker'

const plan = (learner: string, seed: number, train: object = { steps: 100 }) =>
  ({
    cell: { name: `${learner}${seed}`, learner, setting: 's', budget: { by: 'images' }, seed },
    config: { train, test: { episodes: 10 } },
  }) as unknown as CellPlan

describe('the time that is left', () => {
  it('is told from what has run so far', () => {
    let now = 0
    const [a, b, c] = [plan('a', 1), plan('a', 2), plan('b', 1)]
    const tracks = tracker([a, b, c], 1, () => now)
    expect(tracks.secondsLeft()).toBeUndefined()
    tracks.begin(a)
    tracks.event(a, { type: 'step', step: 0, seconds: 0 })
    expect(tracks.secondsLeft()).toBeUndefined()
    now = 45_000
    // Half of the training, which is nine tenths of a cell: 100 s a cell.
    expect(tracks.event(a, { type: 'step', step: 50, seconds: 45 }).share).toBe(0.45)
    expect(tracks.secondsLeft()).toBeCloseTo(55 + 200)
    now = 50_000
    expect(tracks.end(a, { type: 'done' })).toBe(50)
    expect(tracks.secondsLeft()).toBeCloseTo(100)
    expect(tracks.counts).toEqual({ done: 1, failed: 0, waiting: 2 })
  })

  it('counts what a resumed cell has behind it', () => {
    let now = 0
    const a = plan('a', 1)
    const tracks = tracker([a, plan('a', 2)], 1, () => now)
    tracks.begin(a)
    tracks.event(a, { type: 'step', step: 50, seconds: 0 })
    now = 11_000
    tracks.event(a, { type: 'test', done: 10 })
    tracks.end(a, { type: 'done' })
    // 55 % of it took 11 s.
    expect(tracks.secondsLeft()).toBeCloseTo(20)
  })

  it('is shared by the processes', () => {
    let now = 0
    const plans = [1, 2, 3, 4].map((seed) => plan('a', seed))
    const tracks = tracker(plans, 2, () => now)
    tracks.begin(plans[0]!)
    tracks.event(plans[0]!, { type: 'test', done: 0 })
    now = 10_000
    tracks.end(plans[0]!, { type: 'failed', reason: {} as never })
    expect(tracks.counts).toEqual({ done: 0, failed: 1, waiting: 3 })
    tracks.begin(plans[1]!)
    tracks.event(plans[1]!, { type: 'step', step: 0, seconds: 0 })
    now = 20_000
    tracks.end(plans[1]!, { type: 'done' })
    expect(tracks.secondsLeft()).toBeCloseTo(10)
  })

  it('follows the clock where the budget is one, and tests alone where nothing is trained', () => {
    const timed = plan('a', 1, { steps: 1_000_000, maxSeconds: 20 })
    const untrained = plan('b', 1, { steps: 0 })
    const tracks = tracker([timed, untrained], 1)
    tracks.begin(timed)
    tracks.begin(untrained)
    expect(tracks.event(timed, { type: 'step', step: 7, seconds: 10 }).share).toBe(0.45)
    expect(tracks.event(untrained, { type: 'test', done: 5 }).share).toBe(0.5)
  })
})
