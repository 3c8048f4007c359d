// Andrychowicz et al. 2016, Learning to learn by gradient descent by gradient descent, arXiv:1606.04474.
import { decodeCheckpoint, KshotError, type Optimizer, type Params, tree } from '@kshot/core'
import { type TypedArray, tensor } from '@tensorflow/tfjs-core'
import { type CellOptions, type CellState, type CellWeights, cell, cellShapes } from './cell'
import { coordinates, fromCoordinates } from './coordinates'
import { check, learnedOptimizerOptions } from './options'
import { mlp } from './weights/mlp'
import { quadratics } from './weights/quadratics'

/** Trained weights that come with this package; what each was trained on stands in the README. */
const shipped = { mlp, quadratics } as const

export type ShippedWeights = keyof typeof shipped

export interface LearnedOptimizerOptions {
  /** Of the package, or those of a checkpoint in base64, as `learnedOptimizer.load` makes it. Default `mlp`. */
  readonly weights?: ShippedWeights | (string & {})
}

/**
 * An optimizer that was learned: θ_{t+1} = θ_t + g_t, [g_t, h_{t+1}] = m(∇f(θ_t), h_t) (eq. 2).
 *
 * It has no rate: the LSTM sees each coordinate's gradient and remembers. It was trained to be fast for
 * some 100 steps from a start; later ones are not what it was trained for.
 * @throws (its `init` and `update`) `learned-optimizer/bad-weights`, `checkpoint/damaged`
 * @example const optimizer = learnedOptimizer({ weights: 'mlp' })
 */
export function learnedOptimizer(options: LearnedOptimizerOptions = {}): Optimizer<CellState> {
  check('learnedOptimizer', learnedOptimizerOptions, options)
  const { weights = 'mlp' } = options
  let read: StoredWeights | undefined
  const stored = () => {
    read ??= storedWeights(weights)
    return read
  }
  return withWeights(weights, stored)
}

function withWeights(weights: string, stored: () => StoredWeights): Optimizer<CellState> {
  return {
    spec: {
      package: '@kshot/learned-optimizer',
      export: 'learnedOptimizer',
      options: { weights },
    },
    init: (params) => tree.tidy(() => cell(stored().options).zero(tree.count(params))),
    update: (gradients, state) =>
      tree.tidy(() => {
        const { options, values } = stored()
        const moved = cell(options).step(tensors(values), coordinates(gradients), state)
        return { updates: fromCoordinates(gradients, moved.update), state: moved.state }
      }),
  }
}

/**
 * A learned optimizer from the weights of this package, or from what `saveMeta` wrote of an
 * `optimizerTraining`.
 * @throws `learned-optimizer/bad-weights`, `checkpoint/damaged`, `core/no-backend`
 * @example const optimizer = learnedOptimizer.load('quadratics')
 */
learnedOptimizer.load = (source: ShippedWeights | Uint8Array = 'mlp'): Optimizer<CellState> => {
  if (typeof source === 'string') {
    const stored = storedWeights(source)
    return withWeights(source, () => stored)
  }
  if (!(source instanceof Uint8Array)) throw badWeights(`weights of type ${typeof source}`, NAMES)
  const stored = weightsIn(source)
  return withWeights(base64Of(source), () => stored)
}

/** Numbers of JavaScript, so that they belong to no backend and no scope. */
interface StoredWeights {
  readonly options: CellOptions
  readonly values: {
    readonly [path: string]: { readonly shape: number[]; readonly data: TypedArray }
  }
}

const NAMES = `Pass one of ${Object.keys(shipped).join(', ')}, or use learnedOptimizer.load(bytes)`

function storedWeights(weights: string): StoredWeights {
  const text = Object.hasOwn(shipped, weights) ? shipped[weights as ShippedWeights] : weights
  return weightsIn(bytesOf(text))
}

function weightsIn(bytes: Uint8Array): StoredWeights {
  const { trees, json } = decodeCheckpoint(bytes)
  try {
    const { learner } = (json ?? {}) as { learner?: { export?: string; options?: CellOptions } }
    const { params } = trees
    if (learner?.export !== 'optimizerTraining' || !params) throw otherCheckpoint(learner?.export)
    const options = cell(learner.options ?? {}).options
    checkShapes(params, options)
    return { options, values: valuesOf(params) }
  } finally {
    tree.dispose(trees)
  }
}

/** The numbers have just been read from the file, so this waits for nothing. */
function valuesOf(params: Params): StoredWeights['values'] {
  return Object.fromEntries(
    tree.flatten(params).map(([path, leaf]) => {
      const data = leaf.dataSync()
      if (!data.every(Number.isFinite)) throw badWeights(`'${path}', which is not finite`)
      return [path, { shape: leaf.shape, data }]
    }),
  )
}

function tensors(values: StoredWeights['values']): CellWeights {
  const at = (path: string) => tensor(values[path]!.data, values[path]!.shape)
  const lstm = (name: string) => ({
    input: at(`${name}/input`),
    recurrent: at(`${name}/recurrent`),
    bias: at(`${name}/bias`),
  })
  return {
    first: lstm('first'),
    second: lstm('second'),
    out: { weight: at('out/weight'), bias: at('out/bias') },
  } as CellWeights
}

/** @throws `learned-optimizer/bad-weights` where a tensor is not what a cell of these options has */
function checkShapes(params: Params, options: Required<CellOptions>): void {
  const text = (path: string, shape: readonly number[]) =>
    `'${path}' of shape [${shape.join(', ')}]`
  const found = tree.flatten(params).map(([path, { shape }]) => text(path, shape))
  const wanted = Object.entries(cellShapes(options)).map(([path, shape]) => text(path, shape))
  for (let i = 0; i < Math.max(found.length, wanted.length); i++) {
    if (found[i] !== wanted[i]) throw badWeights(found[i] ?? 'too few tensors', wanted[i])
  }
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch (cause) {
    throw new KshotError('learned-optimizer/bad-weights', {
      got: `weights '${base64.slice(0, 40)}', which are no base64`,
      expected: 'the name of weights of this package, or a checkpoint in base64',
      remedy: NAMES,
      cause,
    })
  }
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

function badWeights(got: string, expected = 'the weights of a two-layer LSTM'): KshotError {
  const remedy = 'Pass what saveMeta wrote of an optimizerTraining'
  return new KshotError('learned-optimizer/bad-weights', { got, expected, remedy })
}

function otherCheckpoint(name: string | undefined): KshotError {
  return badWeights(`a checkpoint of ${name ?? 'something else'}`, 'one of optimizerTraining')
}
