import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AccuracyScore,
  comparePublished,
  count,
  type DoneRow,
  duration,
  paperNumber,
  plusMinus,
  protocolText,
  type Result,
} from '@kshot/results'
import type { Config } from '../src/configuration/schema'
import { published } from '../src/report/published'
import { trainingName } from '../src/running/describe'

const FOLDER = 'leaderboards/reproductions'

/** `reproductions.json`: how each folder came about. */
interface Reproduction {
  /** Commands that trained it, in their order. */
  readonly train: readonly string[]
  /** What `kshot eval` was told for each result beside the run's own. */
  readonly tests: { readonly [file: string]: string }
}

/** The paper's numbers beside ours, and the commands. */
export function reproductionsText(root: string): string {
  const read = (...path: string[]) => JSON.parse(readFileSync(join(root, FOLDER, ...path), 'utf8'))
  const all = Object.entries(read('reproductions.json') as { [name: string]: Reproduction })
  const rows: string[][] = []
  const sections: string[] = []
  for (const [name, { train, tests }] of all) {
    const run = read(name, 'result.json') as Result
    const evals = { 'result.json': '', ...tests }
    for (const file of Object.keys(evals)) rows.push(rowOf(name, read(name, file), run))
    const commands = [
      ...train,
      ...Object.values(evals).map((set) => {
        const checkpoint = `${FOLDER}/${name}/meta.safetensors`
        return `kshot eval ${checkpoint}${set && ` ${set}`}`
      }),
    ]
    const curve = `${FOLDER}/${name}/curve.svg`
    const drawn = existsSync(join(root, curve)) ? `\n![learning curve](../${curve})\n` : ''
    sections.push(
      `### ${name}\n${trainedText(run)}\n\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n${drawn}`,
    )
  }
  const head = ['', 'paper, %', 'here, %', 'protocol', 'training', 'training images']
  const grid = [head, ['---', '---:', '---:', '---', '---', '---'], ...rows]
  return `${grid.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n${sections.join('\n')}`
}

function rowOf(name: string, result: Result, run: Result): string[] {
  const { setting, learner } = result
  const { accuracy, interval } = result.test as AccuracyScore
  const paper = comparePublished(result as DoneRow, interval, published())
  return [
    `${paper?.name ?? learner.export}, ${setting.ways}-way ${setting.shots}-shot`,
    paper ? paperNumber(paper) : '–',
    plusMinus(accuracy, (interval[1] - interval[0]) / 2),
    paper ? protocolText(paper) : '–',
    `[${name}](#${name})`,
    imagesText(run),
  ]
}

/** `4,320,000, distorted, after 5,760,000`. */
function imagesText({ config, train: { images, begunWith } }: Result): string {
  const { distort } = (config as Config).train
  const before = begunWith ? `, after ${count(begunWith.images)}` : ''
  return `${count(images)}${distort ? ', distorted' : ''}${before}`
}

function trainedText(run: Result): string {
  const { config, train, measured } = run
  const threads = measured.workers === 0 ? 'one thread' : `${measured.workers} threads`
  return `${trainingName(config as Config)}; images: ${imagesText(run)}; in ${duration(train.seconds!)} on ${threads}.`
}
