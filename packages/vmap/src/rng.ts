import type { Rng } from '@kshot/core'
import { engine, type Tensor } from '@tensorflow/tfjs-core'
import { drawsNumbers } from './errors'
import { type TasksBackend, withBackend } from './tasks-backend'

/**
 * The generators of all tasks as one. Plain numbers cannot differ by task inside vmap, so they throw;
 * `drawTensor` of `@kshot/core` draws with each task's own generator.
 */
export function rngOfTasks(rngs: readonly Rng[]): Rng {
  const refuse = (method: string) => () => {
    throw drawsNumbers(`ctx.rng.${method}`)
  }
  return {
    get key(): never {
      return refuse('key')()
    },
    uniform: refuse('uniform'),
    integer: refuse('integer'),
    normal: refuse('normal'),
    permutation: refuse('permutation'),
    sample: refuse('sample'),
    split: (label) => rngOfTasks(rngs.map((rng) => rng.split(label))),
    drawTensor(shape, dtype, draw): Tensor {
      const backend = engine().backend as TasksBackend
      if (rngs[0]?.drawTensor) return drawnOneByOne(backend, rngs, shape, dtype, draw)
      const size = shape.reduce((a, b) => a * b, 1)
      const values = new (dtype === 'int32' ? Int32Array : Float32Array)(rngs.length * size)
      rngs.forEach((rng, task) => {
        values.set(draw(rng), task * size)
      })
      return engine().makeTensorFromTensorInfo(backend.enterValues(values, [...shape], dtype))
    },
  }
}

/** Generators that are recorded draw by themselves, on the backend below. */
function drawnOneByOne(
  backend: TasksBackend,
  rngs: readonly Rng[],
  ...drawing: Parameters<NonNullable<Rng['drawTensor']>>
): Tensor {
  const { name, backend: base } = backend.base
  const drawn = withBackend(name, base, () => rngs.map((rng) => rng.drawTensor!(...drawing)))
  const stacked = backend.run('Pack', drawn, { axis: 0 })
  for (const tensor of drawn) tensor.dispose()
  return engine().makeTensorFromTensorInfo(backend.logical(stacked))
}
