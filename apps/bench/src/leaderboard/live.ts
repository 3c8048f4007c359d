import { allPrintable, printable } from '@kshot/results'
import { type Colours, clock, coloursOf, percent } from '../terminal/text'
import type { About, BoardEvents } from './board'
import type { CellPlan } from './plan'
import { type Track, type Tracker, tracker } from './tracker'

/** Shows a leaderboard on its way, on stderr. */
export interface Live extends BoardEvents {
  /** Takes the table away, so that something else can be printed. */
  stop(): void
  note(text: string): void
}

export const silent: Live = { stop() {}, note() {} }

/** One table that is drawn again and again on a terminal; a line now and then elsewhere. */
export function live(stream: NodeJS.WriteStream, title: string): Live {
  const colours = coloursOf(stream)
  let about: About
  let tracks: Tracker
  const shown = stream.isTTY ? drawing(stream) : undefined
  const log = shown ? undefined : logging(stream)
  const note = (text: string) => {
    shown?.clear()
    stream.write(`${text}\n`)
  }
  let timer: NodeJS.Timeout | undefined
  const draw = () => shown?.draw(table(tracks, about, colours, stream.columns ?? 80))
  return {
    note,
    start(board) {
      about = board
      tracks = tracker(about.toDo, about.workers)
      note(header(about, title, colours))
      if (shown && about.toDo.length > 0) timer = setInterval(draw, 250)
    },
    begin(plan) {
      tracks.begin(plan)
      log?.begin(plan.cell.name)
    },
    event(plan, event) {
      const track = tracks.event(plan, event)
      log?.now(line(track), plan.cell.name)
    },
    end(plan, outcome) {
      const seconds = tracks.end(plan, outcome)
      const { name } = plan.cell
      if (outcome.type === 'failed') note(failure(plan, outcome.reason, colours))
      else if (outcome.type === 'done') {
        log?.say(`${name}  done in ${clock(seconds)}  ${progress(tracks, about)}`)
      }
    },
    stop() {
      clearInterval(timer)
      shown?.clear()
    },
  }
}

function header({ toDo, finished, out, workers }: About, title: string, colours: Colours): string {
  const { bold, dim } = colours
  const cells = toDo.length + finished
  const before = finished > 0 ? `, ${finished} already done` : ''
  const atOnce = workers === 1 ? 'one at a time' : `${workers} at a time`
  const rows = [`${cells} cells${before}, ${atOnce}`, out]
  const names = ['cells', 'folder']
  const lines = rows.map((text, i) => `  ${dim(names[i]!.padEnd(6))}  ${text}`)
  return [`${bold('kshot leaderboard')}  ${printable(title)}`, ...lines, ''].join('\n')
}

function failure(
  { cell }: CellPlan,
  reason: { code: string; got: string; remedy: string },
  { red, dim }: Colours,
): string {
  const { code, got, remedy } = allPrintable(reason)
  return `${red('failed')} ${cell.name}\n  ${dim(code)}  ${got}\n  ${dim('to do')}  ${remedy}`
}

const BAR = 12
/** Of a cell's line but for its name: the bar, how far, what, the last validation, the time. */
const FIXED = BAR + 41

/** A line for all, and one for each cell that runs; none is wider than the terminal. */
function table(tracks: Tracker, { finished, toDo }: About, colours: Colours, columns: number) {
  const { bold, dim, red } = colours
  const { done, failed, waiting } = tracks.counts
  const { running } = tracks
  const left = tracks.secondsLeft()
  const parts = [
    bold(`${finished + done} done`),
    ...(failed > 0 ? [red(`${failed} failed`)] : []),
    `${running.length} running`,
    `${waiting} waiting`,
    ...(left === undefined ? [] : [dim(`about ${clock(left)} left`)]),
  ]
  const name = namesOf(toDo)
  const widest = Math.max(0, ...running.map(({ plan }) => name(plan).length))
  const width = Math.min(widest, Math.max(10, columns - 1 - FIXED))
  const lines = running.map((track) => cellLine(track, name(track.plan), width, colours))
  return [parts.join(dim('  ·  ')), ...lines]
}

function cellLine(
  { share, phase, validation, startedAt }: Track,
  name: string,
  width: number,
  { dim, cyan }: Colours,
): string {
  const full = Math.round(BAR * share)
  const bar = cyan('█'.repeat(full)) + dim('░'.repeat(BAR - full))
  const score = validation === undefined ? '' : `val ${percent(validation)}`
  const time = clock((performance.now() - startedAt) / 1000)
  const shown = name.length > width ? `${name.slice(0, width - 1)}…` : name.padEnd(width)
  const progress = `${percent(share, 0).padStart(5)}  ${phase.padEnd(8)}  ${score.padEnd(10)}`
  return `  ${shown}  ${bar} ${progress}  ${dim(time)}`
}

/** Names of what cells differ in: the learner and the seed, and the rest where there are several. */
function namesOf(cells: readonly CellPlan[]): (plan: CellPlan) => string {
  const several = (value: (plan: CellPlan) => string) => new Set(cells.map(value)).size > 1
  const parts = [
    ({ cell }: CellPlan) => cell.setting,
    ({ cell }: CellPlan) => `by ${cell.budget.by}`,
    ({ cell }: CellPlan) => cell.backend,
  ].filter(several)
  return (plan) => {
    const { learner, seed } = plan.cell
    return [learner, `seed ${seed}`, ...parts.map((part) => part(plan))].join('  ')
  }
}

function line({ plan, share, phase, validation }: Track): string {
  const score = validation === undefined ? '' : `  validation ${percent(validation)}`
  return `${plan.cell.name}  ${phase} ${percent(share, 0)}${score}`
}

/** `3/12 cells  1:20 left`. */
function progress(tracks: Tracker, { finished }: About): string {
  const { done, failed, waiting } = tracks.counts
  const all = finished + done + failed + waiting + tracks.running.length
  const left = tracks.secondsLeft()
  const eta = left === undefined ? '' : `  ${clock(left)} left`
  return `${finished + done}/${all} cells${eta}`
}

/** Draws lines over those that were drawn before. */
function drawing(stream: NodeJS.WriteStream) {
  let drawn = 0
  const up = () => (drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : '')
  return {
    draw(lines: readonly string[]) {
      const most = Math.max(1, (stream.rows ?? 24) - 2)
      const shown = lines.slice(0, most)
      stream.write(`${up()}${shown.join('\n')}\n`)
      drawn = shown.length
    },
    clear() {
      stream.write(up())
      drawn = 0
    },
  }
}

/** Between two lines of one cell. */
const LINE_MS = 15_000

/** A line of a cell now and then, but for its first and its last one. */
function logging(stream: NodeJS.WriteStream) {
  const last = new Map<string, number>()
  const say = (text: string) => void stream.write(`${text}\n`)
  return {
    say,
    begin(cell: string) {
      last.set(cell, performance.now())
      say(`${cell}  begins`)
    },
    now(text: string, cell: string) {
      if (performance.now() - last.get(cell)! < LINE_MS) return
      last.set(cell, performance.now())
      say(text)
    },
  }
}
