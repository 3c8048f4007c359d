import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  createClassifier,
  disposeTask,
  isKshotError,
  KshotError,
  type Prediction,
  useBackend,
} from '@kshot/core'
import { decodeImage, type ImageFormat, isPicture } from '@kshot/episodes/node'
import { tensor } from '@tensorflow/tfjs-core'
import { backends } from '../backends/backends'
import { buildLearner } from '../catalogue/specs'
import { parseConfig } from '../configuration/config'
import type { Config } from '../configuration/schema'
import { FIT_BEFORE } from '../data/own-data'
import { readMeta } from './meta-file'

export interface ClassifyJob {
  /** A `meta.safetensors`, as `kshot run` writes it. */
  readonly checkpoint: string
  /** A folder with a folder of pictures for each class. */
  readonly support: string
  /** Pictures, or folders of them. */
  readonly queries: readonly string[]
  /** Whether light and dark are exchanged; `auto`: where the edge of a picture is light. */
  readonly invert: Invert
  readonly backend: string | undefined
  readonly allowModule: boolean
}

export type Invert = 'auto' | 'yes' | 'no'

export interface Classified {
  readonly checkpoint: string
  readonly learner: string
  /** Its predictions depend on the other queries of an episode; here each is judged among the examples. */
  readonly transductive: boolean
  /** How many examples each label was given. */
  readonly support: { readonly [label: string]: number }
  readonly predictions: readonly ({
    readonly query: string
    /** Light and dark were exchanged. */
    readonly inverted: boolean
  } & Prediction)[]
}

/**
 * Labels pictures by a few examples per class, with what a checkpoint has learned; nothing is trained.
 * @throws `classify/undecodable` naming every picture that is none, `classify/no-pictures`,
 * `classify/not-pictures`, and what the checkpoint and its learner throw
 */
export async function classify(job: ClassifyJob): Promise<Classified> {
  const saved = await readMeta(job.checkpoint)
  const config = parseConfig(saved.config)
  const format = formatOf(config.dataset, job.invert)
  const support = await supportFiles(job.support)
  const queries = (await Promise.all(job.queries.map(picturesAt))).flat()
  if (queries.length === 0) throw noPictures(job.queries.join(', '))
  const decoded = await decodeAll([...support.flatMap(({ files }) => files), ...queries], format)

  await useBackend(backends[job.backend ?? config.backend]!(1))
  const learner = await buildLearner(config, job.allowModule)
  const meta = saved.load(learner)
  const classifier = await createClassifier({ learner, meta })
  try {
    for (const { label, files } of support) {
      for (const file of files) {
        const x = pixels(file)
        await classifier.addExample(label, x).finally(() => x.dispose())
      }
    }
    const predictions = []
    for (const query of queries) {
      const x = pixels(query)
      const prediction = await classifier.predict(x).finally(() => x.dispose())
      predictions.push({ query, inverted: decoded.get(query)!.inverted, ...prediction })
    }
    return {
      checkpoint: job.checkpoint,
      learner: learner.spec.export,
      predictions,
      transductive: learner.traits.transductive,
      support: Object.fromEntries(support.map(({ label, files }) => [label, files.length])),
    }
  } finally {
    classifier.dispose()
    disposeTask(meta)
  }

  function pixels(file: string) {
    return tensor(decoded.get(file)!.values, [...format.image.size, format.image.channels!])
  }
}

interface Format {
  readonly image: ImageFormat
  readonly invert: Invert
}

/** As the data set of the checkpoint has its pictures. */
function formatOf(dataset: Config['dataset'], wanted: Invert): Format {
  const grey = { size: [28, 28], channels: 1, fit: 'stretch' } as const
  switch (dataset.name) {
    case 'glyphs':
      return { image: { ...grey, resize: 'area' }, invert: wanted }
    case 'omniglot':
      return { image: { ...grey, resize: dataset.resize }, invert: wanted }
    case 'emoji':
      return { image: { size: [64, 64], channels: 3, resize: 'area' }, invert: 'no' }
    case 'images': {
      const { size, channels, resize, fit = FIT_BEFORE, bits, invert } = dataset
      // What the whole folder was, every picture is: nothing is to be guessed.
      const same = invert ? 'yes' : 'no'
      return {
        image: {
          size: size!,
          channels: channels!,
          resize,
          fit,
          ...(bits !== undefined && { bits }),
        },
        invert: wanted === 'auto' ? same : wanted,
      }
    }
    default:
      throw notPictures(dataset.name)
  }
}

interface ClassFiles {
  readonly label: string
  readonly files: readonly string[]
}

async function supportFiles(dir: string): Promise<ClassFiles[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause) => {
    throw noPictures(dir, cause)
  })
  const labels = entries.filter((e) => e.isDirectory() && !e.name.startsWith('.'))
  // Node's sign for bytes that are no UTF-8: another class may be called the same.
  const nameless = labels.find(({ name }) => name.includes('\ufffd'))
  if (nameless) throw noPictures(`${join(dir, nameless.name)}, whose name is no UTF-8`)
  const classes = await Promise.all(
    labels.map(async ({ name }) => ({ label: name, files: await picturesAt(join(dir, name)) })),
  )
  const empty = classes.find(({ files }) => files.length === 0)
  if (empty) throw noPictures(join(dir, empty.label))
  if (classes.length < 2) throw noClasses(dir, classes.length)
  return classes.sort((a, b) => (a.label < b.label ? -1 : 1))
}

/** The pictures of a folder, by name; a file is taken for a picture, whatever it is called. */
async function picturesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause) => {
    throw noPictures(path, cause)
  })
  if (!found.isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => !name.startsWith('.') && isPicture(name))
  return names.sort().map((name) => join(path, name))
}

interface Decoded {
  readonly values: Float32Array
  readonly inverted: boolean
}

async function decodeAll(files: readonly string[], format: Format): Promise<Map<string, Decoded>> {
  const decoded = new Map<string, Decoded>()
  const faults: string[] = []
  for (const file of files) {
    try {
      decoded.set(file, inked(await decodeImage(file, format.image), format))
    } catch (error) {
      if (!isKshotError(error) || error.code === 'episodes/sharp-missing') throw error
      faults.push(error.got)
    }
  }
  if (faults.length > 0) throw undecodable(faults)
  return decoded
}

/** Fractions, ink = 1 where the data set has it so. */
function inked(bytes: Uint8Array, { image, invert }: Format): Decoded {
  const inverted = invert === 'yes' || (invert === 'auto' && edge(bytes, image) > 127.5)
  return { values: Float32Array.from(bytes, (v) => (inverted ? 255 - v : v) / 255), inverted }
}

/** How light the outermost pixels are, 0 … 255: the paper, and not what is drawn on it. */
function edge(bytes: Uint8Array, { size: [height, width] }: ImageFormat): number {
  const channels = bytes.length / (height * width)
  let [sum, count] = [0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y > 0 && y < height - 1 && x > 0 && x < width - 1) continue
      for (let k = 0; k < channels; k++) sum += bytes[(y * width + x) * channels + k]!
      count += channels
    }
  }
  return sum / count
}

function undecodable(faults: readonly string[]): KshotError {
  const many =
    faults.length === 1
      ? 'a file that is not an intact picture'
      : `${faults.length} files that are not intact pictures`
  return new KshotError('classify/undecodable', {
    got: `${many}: ${faults.join('; ')}`,
    expected: 'png, jpeg, webp, gif, tiff, avif or bmp',
    remedy: 'Replace them, or leave them out',
  })
}

function noPictures(path: string, cause?: unknown): KshotError {
  const why = cause ? ` (${(cause as Error).message})` : ''
  return new KshotError('classify/no-pictures', {
    got: `no pictures at ${path}${why}`,
    expected: 'a picture (.png, .jpg, …), or a folder of pictures',
    remedy: 'Check the path',
    cause,
  })
}

function noClasses(dir: string, count: number): KshotError {
  return new KshotError('classify/too-few-classes', {
    got: `${count === 1 ? 'one folder' : 'no folders'} in ${dir}`,
    expected: 'at least two folders of pictures, one per class',
    remedy: `Lay them out as ${basename(dir)}/<label>/<picture>.png`,
  })
}

function notPictures(dataset: string): KshotError {
  return new KshotError('classify/not-pictures', {
    got: `a checkpoint that was trained on ${dataset}`,
    expected: 'one that was trained on pictures: glyphs, omniglot or images',
    remedy: 'Use it in code: createClassifier from @kshot/core takes any examples',
  })
}
