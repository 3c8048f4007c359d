import { adam, cnn, type Model, mlp, momentum, rmsprop, sgd } from '@kshot/core'
import type { Dataset } from '@kshot/episodes'
import { glyphs } from '@kshot/glyphs'
import {
  classifications,
  type Family,
  linearMap,
  type Measure,
  type ProblemSet,
  quadratics,
  type ShippedWeights,
} from '@kshot/learned-optimizer'

/** A learned optimizer beside others, on problems that none of them has seen. */
export interface Study {
  readonly name: string
  readonly description: string
  readonly weights: ShippedWeights
  /** Whose rates are searched on `validation`, each with the same number of trials. */
  readonly families: readonly Family[]
  readonly rates: readonly number[]
  /** Steps that the learned optimizer was trained for. */
  readonly steps: number
  /** What is compared: of the losses up to a step. */
  readonly measure: Measure
  readonly measured: string
  problems(): Promise<Problems>
}

export interface Problems {
  readonly validation: ProblemSet
  /** By the title of a panel: first what it was trained on, then what it was not. */
  readonly tests: { readonly [title: string]: ProblemSet }
}

const families: readonly Family[] = [
  { name: 'SGD', make: (rate) => sgd(rate) },
  { name: 'momentum', make: (rate) => momentum(rate) },
  { name: 'RMSprop', make: (rate) => rmsprop(rate) },
  { name: 'Adam', make: (rate) => adam(rate) },
]

/** 16 from 1e-3 to 100, three a decade: wide enough that no optimizer is best at an edge. */
const rates = Array.from({ length: 16 }, (_, i) => 10 ** (i / 3 - 3))

export const studies: { readonly [preset: string]: Study } = {
  'learned-optimizer-quadratics': {
    name: 'quadratic functions',
    description: 'a learned optimizer beside tuned ones, on random 10-d quadratic functions',
    weights: 'quadratics',
    families,
    rates,
    steps: 100,
    measure: (losses) => Math.log10(losses.at(-1)!),
    measured: 'log10 of the loss',
    problems: async () => {
      const set = (seed: string, count: number): ProblemSet => ({
        model: linearMap(),
        tasks: quadratics({ seed }),
        count,
      })
      return { validation: set('validation', 20), tests: { quadratics: set('test', 100) } }
    },
  },
  'learned-optimizer-mlp': {
    name: 'small nets on characters',
    description: 'a learned optimizer beside tuned ones, on small nets that learn ten characters',
    weights: 'mlp',
    families,
    rates,
    steps: 100,
    measure: (losses) => losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10,
    measured: 'mean loss of the last ten batches',
    problems: async () => {
      const { validation, test } = await glyphs()
      const trained = net([20])
      const wider = net([40])
      const deeper = net([20, 20])
      const relu = net([20], 'relu')
      const convolutions = cnn({ filters: [4, 8], hidden: 16 })
      return {
        validation: characters(validation, trained, 'validation', 8),
        tests: {
          '20 sigmoid units': characters(test, trained, 'test', 50),
          '40 units': characters(test, wider, 'test', 20),
          'two layers': characters(test, deeper, 'test', 20),
          ReLU: characters(test, relu, 'test', 20),
          CNN: characters(test, convolutions, 'test', 10, 1),
        },
      }
    },
  },
}

function net(hidden: readonly number[], activation: 'sigmoid' | 'relu' = 'sigmoid'): Model {
  return mlp({ hidden, outputs: 10, activation })
}

/** Pictures are means over squares of `pool` × `pool` pixels. */
function characters(
  data: Dataset,
  model: Model,
  seed: string,
  count: number,
  pool = 4,
): ProblemSet {
  const tasks = classifications({ data, model, seed, pool, batch: 64, batches: 200 })
  return { model, tasks, count }
}
