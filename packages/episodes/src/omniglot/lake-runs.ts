// Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program induction.
import { type Batch, type Episode, KshotError, type TaskSource } from '@kshot/core'
import { tensor, tensor1d } from '@tensorflow/tfjs-core'
import { readFolder } from '../files/read-folder'
import { readZip, type StoredFile } from '../files/zip'
import { type Resize, resize } from '../resize'
import { readBitmap } from './png'

/** Runs, and the characters of each. */
const RUNS = 20
const WAYS = 20

export interface LakeRunsOptions {
  /** `all_runs.zip`, or a folder with `run01` … `run20`; see `findLakeRuns`. */
  readonly data: string
  /** Side in pixels. Default 28. */
  readonly size?: number
  /** Default `nearest`. */
  readonly resize?: Resize
}

/**
 * Lake's own one-shot classification task: 20 runs, each with 20 characters from one alphabet, a drawing
 * of each to learn from and 20 drawings by another person to classify. Task i is run i + 1.
 *
 * Official layout: `runNN/training/classNN.png`, `runNN/test/itemNN.png` and `runNN/class_labels.txt`,
 * whose lines are `runNN/test/itemNN.png runNN/training/classNN.png`.
 * @throws `episodes/damaged-runs`, `episodes/damaged-archive`, `episodes/damaged-image`
 */
export async function lakeRuns(options: LakeRunsOptions): Promise<TaskSource> {
  const { data, size = 28, resize: how = 'nearest' } = options
  const files = await filesOf(data)
  const runs = Array.from({ length: RUNS }, (_, i) =>
    readRun(two(i + 1), files, { size, how }, data),
  )
  const draw = (index: number): Episode => {
    const run = runs[index]
    if (!run) throw new RangeError(`there is no run ${index + 1} among ${RUNS}`)
    const classes = run.support.map((_, c) => `run${two(index + 1)}/class${two(c + 1)}`)
    const labels = run.support.map((_, c) => c)
    const query = batch(run.query, run.answers, size)
    return {
      support: batch(run.support, labels, size),
      query,
      classes,
      id: { source: 'lake', index },
    }
  }
  return Object.assign(draw, {
    spec: { package: '@kshot/episodes/node', export: 'lakeRuns', options: { size, resize: how } },
    taskSpec: { inputShape: [size, size, 1], ways: WAYS },
  })
}

interface Run {
  readonly support: readonly Float32Array[]
  readonly query: readonly Float32Array[]
  /** The class of each query, from 0. */
  readonly answers: readonly number[]
}

type Files = ReadonlyMap<string, Uint8Array>

// Whatever folder they lie in; not what a Mac adds.
const WANTED =
  /^(?!.*__MACOSX)(?:.*\/)?(run\d\d\/(?:training\/class\d\d\.png|test\/item\d\d\.png|class_labels\.txt))$/

async function filesOf(data: string): Promise<Files> {
  const wanted = (path: string) => WANTED.test(path)
  const stored = await (data.endsWith('.zip') ? readZip(data, wanted) : readFolder(data, wanted))
  const files = new Map<string, Uint8Array>()
  for (const { path, bytes } of stored as StoredFile[]) {
    const [, place] = WANTED.exec(path)!
    if (files.has(place!)) throw damaged(`${data}: ${place} twice`, 'each file once')
    files.set(place!, bytes)
  }
  return files
}

function readRun(
  number: string,
  files: Files,
  { size, how }: { readonly size: number; readonly how: Resize },
  data: string,
): Run {
  const run = `run${number}`
  const get = (place: string) => {
    const bytes = files.get(`${run}/${place}`)
    if (!bytes) throw damaged(`${data} without ${run}/${place}`, `${RUNS} runs of ${WAYS} classes`)
    return bytes
  }
  const picture = (place: string) => {
    const { ink, height, width } = readBitmap(get(place), `${data}: ${run}/${place}`)
    return resize(ink, [height, width], [size, size], how)
  }
  const numbers = Array.from({ length: WAYS }, (_, i) => two(i + 1))
  return {
    support: numbers.map((n) => picture(`training/class${n}.png`)),
    query: numbers.map((n) => picture(`test/item${n}.png`)),
    answers: readAnswers(get('class_labels.txt'), run, data),
  }
}

/** The class of each test item, by the lines of `class_labels.txt`. */
function readAnswers(bytes: Uint8Array, run: string, data: string): number[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/).filter(Boolean)
  const pattern = new RegExp(
    `^${run}/test/item(\\d\\d)\\.png\\s+${run}/training/class(\\d\\d)\\.png$`,
  )
  const answers = new Map<number, number>()
  for (const line of lines) {
    const [, item, label] = (pattern.exec(line.trim()) ?? []).map(Number)
    const valid = inRange(item) && inRange(label) && !answers.has(item! - 1)
    if (!valid) throw badLine(`${data}: ${run}/class_labels.txt: '${line}'`, run)
    answers.set(item! - 1, label! - 1)
  }
  if (answers.size !== WAYS) {
    throw badLine(`${data}: ${run}/class_labels.txt with ${answers.size} lines`, run)
  }
  return Array.from({ length: WAYS }, (_, i) => answers.get(i)!)
}

function inRange(n: number | undefined): boolean {
  return n !== undefined && n >= 1 && n <= WAYS
}

function badLine(got: string, run: string): KshotError {
  return damaged(
    got,
    `${WAYS} lines, one per item: ${run}/test/itemNN.png ${run}/training/classNN.png`,
  )
}

function batch(pictures: readonly Float32Array[], labels: readonly number[], size: number): Batch {
  const x = new Float32Array(pictures.length * size * size)
  for (const [i, picture] of pictures.entries()) x.set(picture, i * size * size)
  return {
    x: tensor(x, [pictures.length, size, size, 1], 'float32'),
    y: tensor1d(Int32Array.from(labels), 'int32'),
    ways: WAYS,
  }
}

/** `07` */
function two(n: number): string {
  return String(n).padStart(2, '0')
}

function damaged(got: string, expected: string): KshotError {
  return new KshotError('episodes/damaged-runs', {
    got,
    expected,
    remedy: 'Download all_runs.zip again from the Omniglot repository',
  })
}
