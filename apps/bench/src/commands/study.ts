import { join } from 'node:path'
import type { Estimate } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import { printedJson } from '@kshot/results'
import Table from 'cli-table3'
import { activateNamed } from '../backends/activate-named'
import { type Curve, type Panel, runStudy, type StudyResult } from '../optimizers/run-study'
import type { Study } from '../optimizers/studies'
import { interruptible } from '../process/interrupt'
import { claimFolder, FILES, writeJson } from '../running/run-folder'
import { barDisplay, lineDisplay } from '../terminal/display'
import { coloursOf } from '../terminal/text'

interface StudyOptions {
  readonly folder: string
  readonly backend: string
  readonly json: boolean
  readonly quiet: boolean
}

/** `kshot run learned-optimizer-…`: compares, prints a table, and writes result and picture. */
export async function studyCommand(study: Study, options: StudyOptions): Promise<void> {
  const { folder, quiet, json } = options
  const { stderr, stdout } = process
  const display = stderr.isTTY ? barDisplay(stderr, coloursOf(stderr)) : lineDisplay(stderr)
  const { choice } = await activateNamed(options.backend)
  if (choice && !quiet) stderr.write(`${choice}\n`)
  const giveBack = await claimFolder(folder)
  const { signal, release } = interruptible(() => display.stop())
  try {
    const started = performance.now()
    const solved = (done: number, total: number, optimizer: string) => {
      const left = ((performance.now() - started) / 1000 / done) * (total - done)
      const notable = false
      display.show({ title: 'problems', done, total, text: optimizer, left, notable })
    }
    const result = await runStudy(study, { signal, ...(!quiet && { solved }) })
    display.stop()
    await writeJson(join(folder, FILES.result), result)
    const { studyPicture } = await import('../optimizers/study-picture')
    await writeFileAtomic(join(folder, FILES.curves), studyPicture(result))
    stdout.write(json ? printedJson(result) : studyTable(result, stdout))
    if (!quiet) stderr.write(`written to ${join(folder, FILES.curves)}\n`)
  } finally {
    display.stop()
    release()
    await giveBack()
  }
}

/** A table for each panel: the median, and what the learned optimizer has over each. */
export function studyTable(result: StudyResult, stream: NodeJS.WriteStream): string {
  const { bold, dim } = coloursOf(stream)
  const { study, steps, measured, panels } = result
  const lines = panels.map((panel) => {
    const title = `${study}: ${panel.title}, ${panel.problems} unseen problems`
    return `${bold(title)}\n${panelTable(panel, steps, dim)}\n`
  })
  const note = `median ${measured} (the less, the better); difference: learned less this one, mean with its 95 % interval over problems. Rates were chosen on validation problems, ${result.tuning[0]!.trials.length} trials each; learned has none.`
  return `${lines.join('\n')}${dim(note)}\n`
}

function panelTable({ optimizers }: Panel, steps: number, dim: (text: string) => string): string {
  const at = [steps, 2 * steps]
  const head = ['optimizer', 'rate', ...at.flatMap((n) => [`step ${n}`, 'difference'])]
  const table = new Table({
    head: head.map((title) => dim(title)),
    style: { head: [], border: [] },
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
  })
  for (const curve of optimizers) {
    const rate = curve.rate === undefined ? '–' : curve.rate.toPrecision(2)
    table.push([curve.name, rate, ...at.flatMap((step) => cells(curve, String(step)))])
  }
  return table.toString()
}

function cells({ at, difference }: Curve, step: string): string[] {
  const values = [...at[step]!].sort((a, b) => a - b)
  const median = values[Math.floor(values.length / 2)]!
  return [number(median), difference ? signed(difference[step]!) : '']
}

function signed({ mean, halfWidth }: Estimate): string {
  return Number.isFinite(mean)
    ? `${mean > 0 ? '+' : ''}${number(mean)} ± ${number(halfWidth)}`
    : 'diverges'
}

const number = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : 'diverges')
