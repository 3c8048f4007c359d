import type { StepReport } from '@kshot/core'
import {
  count,
  learnerName,
  printable,
  queriesName,
  settingName,
  stepsName,
  warmStartName,
} from '@kshot/results'
import { understoodLines } from '../data/understood'
import { executorName, trainingName } from '../running/describe'
import type { About, RunEvents } from '../running/run-events'
import { barDisplay, lineDisplay } from '../terminal/display'
import { type Colours, coloursOf, percent } from '../terminal/text'

/** Shows a run on stderr: what is run, then how far it has come. */
export interface Progress extends RunEvents {
  /** Takes the bar away, so that something else can be printed. */
  stop(): void
  note(text: string): void
}

export const silent: Progress = { stop() {}, note() {} }

/** A header, then a bar on a terminal, or a line now and then elsewhere. */
export function progress(stream: NodeJS.WriteStream, what: 'run' | 'eval'): Progress {
  const colours = coloursOf(stream)
  const display = stream.isTTY ? barDisplay(stream, colours) : lineDisplay(stream)
  let about: About
  let follow: ReturnType<typeof training>
  const encode = encoding()
  let test: ReturnType<typeof testing>
  const note = (text: string) => {
    display.stop()
    stream.write(`${text}\n`)
  }
  return {
    stop: () => display.stop(),
    note,
    start(started) {
      about = started
      follow = training(about)
      test = testing(about)
      note(`${header(what, about, colours)}\n`)
    },
    encode: (done, total) => display.show(encode(done, total)),
    step: (report, seconds) => display.show(follow(report, seconds)),
    testStart: () => display.stop(),
    testEpisode: (done, score, steps) => display.show(test(done, score, steps)),
    baselineStep: (done, total) => display.show(baseline(done, total)),
  }
}

function header(what: 'run' | 'eval', about: About, { bold, dim }: Colours): string {
  const { config, learner, data, device, folder, workers, choice } = about
  const { test } = config
  const rows = {
    learner: learnerName({ learner: learner.spec, net: learner.traits.net }),
    data: data.description,
    ...(about.warmStart && { 'starts from': warmStartName(about.warmStart) }),
    ...(what === 'run' && { training: trainingName(config, learner.trainsOn) }),
    test: `${settingName(test)}, ${queriesName(test)}, ${count(test.episodes)} episodes`,
    ...(choice && { backend: choice }),
    device: `${device.backend} (${device.kernels}) on ${device.device}`,
    executor: executorName(config.executor, workers),
    ...(what === 'run' ? { folder } : { checkpoint: folder }),
  }
  const width = Math.max(...Object.keys(rows).map((name) => name.length))
  const lines = Object.entries(rows).map(
    ([name, text]) => `  ${dim(name.padEnd(width))}  ${printable(text)}`,
  )
  const understood = data.understood ? understoodLines(data.understood) : []
  const below = understood.map((line) => `  ${' '.repeat(width)}  ${dim(printable(line))}`)
  const after = Object.keys(rows).indexOf('data') + 1
  lines.splice(after, 0, ...below)
  return [bold(`kshot ${what}`), ...lines].join('\n')
}

/** Follows training: a smoothed loss, the last validation, and the time that is left. */
function training({ config: { train } }: About) {
  const score = scoreText(train)
  let first: { step: number; seconds: number } | undefined
  let smooth: number | undefined
  let validation = ''
  return (report: StepReport, seconds: number) => {
    const { step, loss } = report
    first ??= { step, seconds }
    smooth = smooth === undefined ? loss : 0.95 * smooth + 0.05 * loss
    if (report.validation) validation = `  validation ${score(report.validation.mean)}`
    const perStep = (seconds - first.seconds) / (step - first.step)
    const left = Math.min(
      perStep * (train.steps - step),
      (train.maxSeconds ?? Number.POSITIVE_INFINITY) - seconds,
    )
    return {
      title: 'training',
      done: step,
      total: train.steps,
      text: `loss ${smooth.toFixed(3)}${validation}`,
      left: Number.isFinite(left) ? left : undefined,
      notable: report.validation !== undefined,
    }
  }
}

/** Examples that were encoded before take no time, so the rate is that of now. */
export function encoding() {
  let before: { done: number; at: number } | undefined
  let rate: number | undefined
  return (done: number, total: number) => {
    const at = performance.now()
    if (before && done > before.done) {
      const now = (at - before.at) / 1000 / (done - before.done)
      rate = rate === undefined ? now : 0.9 * rate + 0.1 * now
    }
    before = { done, at }
    const left = rate === undefined ? undefined : rate * (total - done)
    return { title: 'encoding', done, total, text: '', left, notable: false }
  }
}

function testing({ config: { test } }: About) {
  const score = scoreText(test)
  const what = test.ways ? 'accuracy' : 'error'
  let began = 0
  let mean = 0
  return (done: number, value: number, adaptationSteps?: number) => {
    if (done === 1) [began, mean] = [performance.now(), 0]
    mean += (value - mean) / done
    const after = adaptationSteps === undefined ? '' : ` after ${stepsName(adaptationSteps)}`
    const perEpisode = (performance.now() - began) / 1000 / (done - 1)
    return {
      title: 'testing',
      done,
      total: test.episodes,
      text: `${what} ${score(mean)}${after}`,
      left: done > 1 ? perEpisode * (test.episodes - done) : undefined,
      notable: false,
    }
  }
}

function baseline(done: number, total: number) {
  return { title: 'baseline', done, total, text: '', left: undefined, notable: done === total }
}

/** An accuracy as per cent, an error of a regression as it is. */
function scoreText({ ways }: { readonly ways?: unknown }) {
  return (value: number) => (ways ? percent(value) : value.toFixed(3))
}
