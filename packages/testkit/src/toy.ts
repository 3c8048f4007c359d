import {
  type Batch,
  type Episode,
  type PairBatch,
  type Rng,
  rng,
  type TaskKind,
  type TaskSource,
} from '@kshot/core'
import { tensor, tensor1d } from '@tensorflow/tfjs-core'

export interface ToyOptions {
  readonly ways: number
  readonly shots: number
  readonly queries: number
  /** Examples of class 0 in the support set, where the shots are uneven. */
  readonly shotsOfFirst?: number
  readonly size?: number
  readonly noise?: number
  readonly seed?: number
}

/**
 * Episodes of noisy images around random class pictures, `[size, size, 1]`. A picture is a coarse
 * pattern that is half as fine as the image, so a net that learns to smooth the noise away gets better.
 */
export function toyEpisodes(options: ToyOptions): TaskSource {
  const { ways, shots, queries, size = 8, noise = 0.35, seed = 0 } = options
  const source = (index: number): Episode => {
    const random = rng(seed).split(index)
    const pictures = Array.from({ length: ways }, () => picture(random, size))
    const support = labels((label) => (label === 0 ? (options.shotsOfFirst ?? shots) : shots))
    return {
      support: batch(support),
      query: batch(labels(() => queries)),
      id: { source: 'toy', index },
    }

    function batch(y: number[]): Batch {
      const x = images(
        y.map((label) => pictures[label]!),
        { noise, random },
      )
      return { x, y: tensor1d(y, 'int32'), ways }
    }
  }
  const labels = (count: (label: number) => number) =>
    Array.from({ length: ways }, (_, label) => Array<number>(count(label)).fill(label)).flat()
  return described(source, 'toyEpisodes', options, ways)
}

/** So many images a task, of episodes or not. */
const IMAGES = 24
/** Classes that batches are of. */
const CLASSES = 12

/** Pairs of the same kind of images, those of one class first. */
export function toyPairs({ size = 8, noise = 0.35, seed = 0 } = {}): TaskSource<PairBatch> {
  const source = (index: number): PairBatch => {
    const random = rng(seed).split(index)
    const left = Array.from({ length: IMAGES / 2 }, () => picture(random, size))
    const same = left.map((_, i) => (i < IMAGES / 4 ? 1 : 0))
    const right = left.map((shown, i) => (same[i] ? shown : picture(random, size)))
    const noisy = (pictures: number[][]) => images(pictures, { noise, random })
    return { left: noisy(left), right: noisy(right), same: tensor1d(same, 'int32') }
  }
  return described(source, 'toyPairs', { size, noise, seed })
}

/** Batches over classes that are the same in all tasks. */
export function toyBatches({ size = 8, noise = 0.35, seed = 0 } = {}): TaskSource<Batch> {
  const ofClasses = rng(seed).split('classes')
  const pictures = Array.from({ length: CLASSES }, () => picture(ofClasses, size))
  const source = (index: number): Batch => {
    const random = rng(seed).split(index)
    const y = Array.from({ length: IMAGES }, () => random.integer(CLASSES))
    const x = images(
      y.map((label) => pictures[label]!),
      { noise, random },
    )
    return { x, y: tensor1d(y, 'int32'), ways: CLASSES }
  }
  return described(source, 'toyBatches', { size, noise, seed }, CLASSES)
}

/** Training tasks of the kind that a learner takes; episodes as given. */
export function toyTasks(kind: TaskKind, options: ToyOptions): TaskSource<never> {
  const { size, noise, seed } = options
  const image = {
    ...(size !== undefined && { size }),
    ...(noise !== undefined && { noise }),
    ...(seed !== undefined && { seed }),
  }
  const own = () => toyEpisodes(options)
  const source = { episodes: own, nothing: own, pairs: toyPairs, batches: toyBatches }
  return source[kind](image) as TaskSource<never>
}

function picture(random: Rng, size: number): number[] {
  const half = size / 2
  const cells = Array.from({ length: half * half }, () => 2 * random.integer(2) - 1)
  return Array.from({ length: size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size), i % size]
    return cells[Math.floor(row / 2) * half + Math.floor(column / 2)]!
  })
}

function images(pictures: number[][], { noise, random }: { noise: number; random: Rng }) {
  const side = Math.sqrt(pictures[0]?.length ?? 0)
  const x = pictures.flatMap((values) => values.map((v) => v + noise * random.normal()))
  return tensor(x, [pictures.length, side, side, 1], 'float32')
}

function described<Task>(
  source: (index: number) => Task,
  name: string,
  options: object,
  ways?: number,
): TaskSource<Task> {
  const { size = 8 } = options as { size?: number }
  return Object.assign(source, {
    spec: { package: '@kshot/testkit', export: name, options: { ...options } },
    taskSpec: { inputShape: [size, size, 1], ...(ways !== undefined && { ways }) },
  })
}
