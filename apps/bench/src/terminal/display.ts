import { count } from '@kshot/results'
import { SingleBar } from 'cli-progress'
import { type Colours, clock } from './text'

/** How far something has come. */
export interface Progressed {
  readonly title: string
  readonly done: number
  readonly total: number
  /** What there is to say of it, for example `loss 0.42`. */
  readonly text: string
  /** Seconds to go, if that can be told. */
  readonly left: number | undefined
  /** Worth its own line even right after another. */
  readonly notable: boolean
}

export interface Display {
  show(progressed: Progressed): void
  stop(): void
}

const WIDTH = 28
/** Between two lines where there is no terminal. */
const LINE_MS = 15_000

/** One bar at a time, on a terminal. */
export function barDisplay(stream: NodeJS.WriteStream, colours: Colours): Display {
  let current: { bar: SingleBar; title: string } | undefined
  const stop = () => {
    current?.bar.stop()
    current = undefined
  }
  return {
    stop,
    show(progressed) {
      const { title, done, total } = progressed
      if (current?.title !== title) {
        stop()
        current = { bar: newBar(stream, colours), title }
        current.bar.start(total, done, { progressed })
      }
      current.bar.update(done, { progressed })
    },
  }
}

function newBar(stream: NodeJS.WriteStream, { cyan, dim, bold }: Colours): SingleBar {
  return new SingleBar({
    stream,
    fps: 8,
    hideCursor: true,
    linewrap: false,
    // Ctrl-C is ours: it writes a checkpoint first.
    gracefulExit: false,
    format(_, __, { progressed }: { progressed: Progressed }) {
      const { title, done, total, text, left } = progressed
      const full = Math.round((WIDTH * Math.min(done, total)) / total)
      const drawn = cyan('█'.repeat(full)) + dim('░'.repeat(WIDTH - full))
      const eta = left === undefined || done >= total ? '' : dim(`${clock(left)} left`)
      return [bold(title.padEnd(8)), drawn, fraction(done, total), text, eta].join('  ')
    },
  })
}

/** A line now and then, for logs. */
export function lineDisplay(stream: NodeJS.WriteStream): Display {
  let last = Number.NEGATIVE_INFINITY
  let title = ''
  return {
    stop() {},
    show(progressed) {
      const { done, total, text, left } = progressed
      const begins = progressed.title !== title
      const due = begins || performance.now() - last >= LINE_MS
      if (!due && !progressed.notable && done < total) return
      last = performance.now()
      title = progressed.title
      const eta = left === undefined || done >= total ? '' : `  ${clock(left)} left`
      stream.write(`${title}  ${fraction(done, total)}  ${text}${eta}\n`)
    },
  }
}

function fraction(done: number, total: number): string {
  return `${count(done).padStart(count(total).length)}/${count(total)}`
}
