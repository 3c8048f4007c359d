// Andrychowicz et al. 2016, section 3.1.
import { fromFunction, type Model, rng, type TaskSource } from '@kshot/core'
import { matMul, type Tensor2D, tensor } from '@tensorflow/tfjs-core'
import { check, linearMapOptions, quadraticsOptions } from './options'
import type { Problem } from './problem'

export interface LinearMapOptions {
  /** Standard deviation of θ at the start. Default 0.01, as the published code. */
  readonly spread?: number
}

/** y = x θ without a bias, `[n, d]` to `[n, 1]`: the model of {@link quadratics}. */
export function linearMap(options: LinearMapOptions = {}): Model {
  check('linearMap', linearMapOptions, options)
  const { spread = 0.01 } = options
  return fromFunction(
    { package: '@kshot/learned-optimizer', export: 'linearMap', options: { spread } },
    (rng, [d]) => ({
      theta: tensor(
        Array.from({ length: d! }, () => spread * rng.normal()),
        [d!, 1],
      ),
    }),
    (params, x) => matMul(x as Tensor2D, (params as { theta: Tensor2D }).theta),
  )
}

export interface QuadraticsOptions extends LinearMapOptions {
  readonly seed: number | string
  /** d. Default 10. */
  readonly dimensions?: number
}

/**
 * Random quadratic functions f(θ) = ‖Wθ − y‖², entries of W `[d, d]` and y `[d]` from N(0, 1).
 * @throws `learned-optimizer/bad-option`
 * @example const tasks = quadratics({ seed: 1 })
 */
export function quadratics(options: QuadraticsOptions): TaskSource<Problem> {
  check('quadratics', quadraticsOptions, options)
  const { seed, dimensions: d = 10, spread = 0.01 } = options
  const model = linearMap({ spread })
  const draw = (index: number): Problem => {
    const random = rng(seed).split('quadratic').split(index)
    const normals = (name: string, n: number) => {
      const own = random.split(name)
      return Float32Array.from({ length: n }, () => own.normal())
    }
    const { params: start, state } = model.init(random.split('start'), [d])
    return {
      start,
      state,
      x: tensor(normals('w', d * d), [1, d, d]),
      y: tensor(normals('y', d), [1, d, 1]),
    }
  }
  return Object.assign(draw, {
    spec: {
      package: '@kshot/learned-optimizer',
      export: 'quadratics',
      options: { seed, dimensions: d, spread },
    },
    taskSpec: { inputShape: [d], outputShape: [1] },
  })
}
