import {
  createClassifier,
  disposeTask,
  type ExampleId,
  isKshotError,
  KshotError,
} from '@kshot/core'
import { decodeImage, type ImageFormat } from '@kshot/episodes/node'
import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { datasetCard } from '../catalogue/datasets'
import { buildLearner } from '../catalogue/specs'
import { parseConfig } from '../configuration/config'
import type { Config } from '../configuration/schema'
import { FIT_BEFORE } from '../data/open-dataset'
import { readMeta } from '../running/meta-file'
import { undecodable } from './errors'
import type { ItemClassifier, ItemPrediction } from './item-classifier'
import type { Item } from './support'

export interface CheckpointJob {
  /** A `meta.safetensors`, as `kshot run` writes it. */
  readonly checkpoint: string
  /** Whether light and dark are exchanged; `auto`: where the edge of a picture is light. */
  readonly invert: Invert
  readonly unknown: 'auto' | number | false
  readonly allowModule: boolean
}

export type Invert = 'auto' | 'yes' | 'no'

/**
 * A classifier of pictures that has learned to learn.
 * @param activate what makes the backend active that the checkpoint was trained on, or another
 * @throws `classify/undecodable` naming every picture that is none, `classify/not-pictures`, and what
 * the checkpoint and its learner throw
 */
export async function classifierFromCheckpoint(
  job: CheckpointJob,
  activate: (backend: string) => Promise<unknown>,
): Promise<ItemClassifier> {
  const saved = await readMeta(job.checkpoint)
  const config = parseConfig(saved.config)
  const format = formatOf(config.dataset, job.invert)
  await activate(config.backend)
  const learner = await buildLearner(config, job.allowModule)
  const meta = saved.load(learner)
  const classifier = await createClassifier({ learner, meta, unknown: job.unknown })
  const pictures = decodedPictures(format)
  return {
    about: {
      checkpoint: job.checkpoint,
      learner: learner.spec.export,
      transductive: learner.traits.transductive,
    },
    prepare: pictures.decode,
    async add(label, items) {
      const ids: ExampleId[] = []
      for (const { name } of items) {
        ids.push(await pictures.use(name, (x) => classifier.addExample(label, x)))
      }
      return ids
    },
    async predict(items) {
      const found: ItemPrediction[] = []
      for (const { name } of items) {
        const prediction = await pictures.use(name, (x) => classifier.predict(x))
        found.push({ inverted: pictures.inverted(name), ...prediction })
      }
      return found
    },
    check: () => classifier.check(),
    dispose() {
      classifier.dispose()
      disposeTask(meta)
    },
  }
}

/** Pictures by name, as tensors while they are used. */
function decodedPictures(format: Format) {
  const decoded = new Map<string, Decoded>()
  return {
    async decode(items: readonly Item[]): Promise<void> {
      for (const [name, one] of await decodeAll(items, format)) decoded.set(name, one)
    },
    inverted: (name: string) => decoded.get(name)!.inverted,
    async use<T>(name: string, f: (x: Tensor) => Promise<T>): Promise<T> {
      const { size, channels } = format.image
      const x = tensor(decoded.get(name)!.values, [...size, channels!])
      return f(x).finally(() => x.dispose())
    },
  }
}

interface Format {
  readonly image: ImageFormat
  readonly invert: Invert
}

/** As the data set of the checkpoint has its pictures. */
function formatOf(dataset: Config['dataset'], wanted: Invert): Format {
  const { ink, ...known } = datasetCard(dataset).picture ?? { fit: FIT_BEFORE }
  const format: Partial<ImageFormat> = { ...known, ...dataset }
  const { size, channels, resize, fit, bits } = format
  if (!size || !channels) throw notPictures(dataset.name)
  const image = {
    size,
    channels,
    ...(resize && { resize }),
    ...(fit && { fit }),
    ...(bits !== undefined && { bits }),
  }
  return { image, invert: inversion(dataset, ink ?? false, wanted) }
}

/** What the whole data set was, every picture is: nothing is to be guessed. */
function inversion({ invert }: Config['dataset'], ink: boolean, wanted: Invert): Invert {
  if (ink) return wanted
  if (invert === undefined) return 'no'
  if (wanted !== 'auto') return wanted
  return invert ? 'yes' : 'no'
}

interface Decoded {
  readonly values: Float32Array
  readonly inverted: boolean
}

async function decodeAll(items: readonly Item[], format: Format): Promise<Map<string, Decoded>> {
  const decoded = new Map<string, Decoded>()
  const faults: string[] = []
  for (const { name } of items) {
    try {
      decoded.set(name, inked(await decodeImage(name, format.image), format))
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

function notPictures(dataset: string): KshotError {
  return new KshotError('classify/not-pictures', {
    got: `a checkpoint that was trained on ${dataset}`,
    expected: 'one that was trained on pictures: glyphs, omniglot or images',
    remedy: 'Use it in code: createClassifier from @kshot/core takes any examples',
  })
}
