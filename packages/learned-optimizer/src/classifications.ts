import { type Model, type Rng, rng, type Spec, type TaskSource } from '@kshot/core'
import { tensor } from '@tensorflow/tfjs-core'
import { badOption } from './bad-option'
import { check, classificationsOptions } from './options'
import { type Problem, problemOf } from './problem'

/** Labelled examples by class: a data set of `@kshot/episodes`, or of any embedded one. */
export interface Examples {
  readonly spec: Spec
  /** Of one example, as in `[28, 28, 1]`. */
  readonly shape: readonly number[]
  readonly classes: readonly { readonly size: number }[]
  read(classIndex: number, example: number, target: Float32Array, offset: number): void
}

export interface ClassificationsOptions {
  readonly data: Examples
  /** What is trained: an output for each of `classes`. */
  readonly model: Model
  readonly seed: number | string
  /** Of a problem, drawn anew for each. Default 10. */
  readonly classes?: number
  /** Batches that are drawn; they come again from the first. Default 100. */
  readonly batches?: number
  /** Examples of a batch. Default 32. */
  readonly batch?: number
  /** Pictures `[h, w, c]` become means over squares of so many pixels. Default 1. */
  readonly pool?: number
}

/**
 * Problems of a classifier: classes, parameters at the start and batches are drawn for each.
 * @throws `learned-optimizer/bad-option`
 * @example
 * const model = mlp({ hidden: [20], outputs: 10, activation: 'sigmoid' })
 * const tasks = classifications({ data: (await glyphs()).train, model, pool: 4, seed: 1 })
 */
export function classifications(options: ClassificationsOptions): TaskSource<Problem> {
  const { data, ...rest } = options
  check('classifications', classificationsOptions, rest)
  const { model, seed, classes = 10, batches = 100, batch: size = 32, pool = 1 } = rest
  if (classes > data.classes.length) {
    throw badOption(
      `classes ${classes}`,
      `at most the ${data.classes.length} of the data`,
      'Take fewer, or other data',
    )
  }
  const shape = pooledShape(data.shape, pool)
  const drawn = batchDrawer(data, batches * size, pool)
  const draw = (index: number): Problem => {
    const random = rng(seed).split('classification').split(index)
    const chosen = random.split('classes').sample(data.classes.length, classes)
    const { x, y } = drawn(chosen, random.split('batches'))
    return problemOf(model, random.split('start'), {
      x: tensor(x, [batches, size, ...shape]),
      y: tensor(y, [batches, size], 'int32'),
    })
  }
  return Object.assign(draw, {
    spec: {
      package: '@kshot/learned-optimizer',
      export: 'classifications',
      options: { data: data.spec, model: model.spec, seed, classes, batches, batch: size, pool },
    },
    taskSpec: { inputShape: shape, ways: classes },
  })
}

/** Draws `count` examples of given classes, with their labels. */
function batchDrawer(data: Examples, count: number, pool: number) {
  const length = sizeOf(pooledShape(data.shape, pool))
  return (classes: readonly number[], random: Rng) => {
    const x = new Float32Array(count * length)
    const y = new Int32Array(count)
    const whole = new Float32Array(sizeOf(data.shape))
    for (let i = 0; i < count; i++) {
      y[i] = random.integer(classes.length)
      const classIndex = classes[y[i]!]!
      data.read(classIndex, random.integer(data.classes[classIndex]!.size), whole, 0)
      x.set(pooled(whole, data.shape, pool), i * length)
    }
    return { x, y }
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1)

function pooledShape(shape: readonly number[], pool: number): readonly number[] {
  if (pool === 1) return shape
  const [h, w, c] = shape
  if (shape.length === 3 && h! % pool === 0 && w! % pool === 0) return [h! / pool, w! / pool, c!]
  throw badOption(
    `pool ${pool} for examples of shape [${shape.join(', ')}]`,
    'pictures [h, w, c] whose sides are multiples of it',
    'Leave it out, or take a divisor of both sides',
  )
}

/** The means over squares of `pool` × `pool` pixels. */
function pooled(pixels: Float32Array, shape: readonly number[], pool: number): Float32Array {
  if (pool === 1) return pixels
  const [h, w, c] = shape as [number, number, number]
  const small = new Float32Array(pixels.length / pool ** 2)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const to = (Math.floor(y / pool) * (w / pool) + Math.floor(x / pool)) * c
      const from = (y * w + x) * c
      for (let k = 0; k < c; k++) small[to + k] = small[to + k]! + pixels[from + k]! / pool ** 2
    }
  }
  return small
}
