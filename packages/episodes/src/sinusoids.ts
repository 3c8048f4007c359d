// Finn, Abbeel & Levine 2017, Model-Agnostic Meta-Learning, section 5.1, arXiv:1703.03400.
import { type Batch, type Episode, type Rng, rng, type TaskSource } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { tensor2d } from '@tensorflow/tfjs-core'
import { checkRange } from './checks'
import { sinusoidOptions } from './sinusoid-options'

export interface SinusoidOptions {
  /** Support points. */
  readonly shots: number
  /** Query points. */
  readonly queries: number
  readonly seed: number | string
  readonly amplitude?: readonly [number, number]
  /** Radians. */
  readonly phase?: readonly [number, number]
  /** Of x. */
  readonly range?: readonly [number, number]
}

/**
 * Regression tasks y = a sin(x − φ), a and φ drawn for each; x and y are `[n, 1]`.
 * @throws `episodes/bad-option`
 */
export function sinusoids(options: SinusoidOptions): TaskSource {
  checkOptions('episodes/bad-option', 'sinusoids', sinusoidOptions, options)
  const { shots, queries, seed } = options
  const { amplitude = [0.1, 5], phase = [0, Math.PI], range = [-5, 5] } = options
  checkRange('amplitude', amplitude)
  checkRange('phase', phase)
  checkRange('range', range)
  const draw = (index: number): Episode => {
    const random = rng(seed).split('sinusoid').split(index)
    const [a, shift] = [between(random, amplitude), between(random, phase)]
    const points = (n: number, own: Rng): Batch => {
      const x = Array.from({ length: n }, () => between(own, range))
      return {
        x: tensor2d(x, [n, 1]),
        y: tensor2d(
          x.map((v) => a * Math.sin(v - shift)),
          [n, 1],
        ),
      }
    }
    return {
      support: points(shots, random.split('support')),
      query: points(queries, random.split('query')),
      id: { source: 'sinusoids', index },
    }
  }
  return Object.assign(draw, {
    spec: {
      package: '@kshot/episodes',
      export: 'sinusoids',
      options: { shots, queries, seed, amplitude, phase, range },
    },
    taskSpec: { inputShape: [1], outputShape: [1] },
  })
}

function between(random: Rng, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.uniform()
}
