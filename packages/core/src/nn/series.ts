import type { Params } from '../tree'
import { checkInputShape } from './input-shape'
import type { Layer } from './layer'

/**
 * Applies layers in sequence; parameters and state are lists in their order.
 * @throws (its `init` and `apply`) `core/input-too-small`, `core/wrong-shape`
 */
export function series(layers: readonly Layer[]): Layer {
  return {
    normalises: layers.some((layer) => layer.normalises),
    outputShape: (shape) => layers.reduce((current, layer) => layer.outputShape(current), shape),
    init(rng, inputShape) {
      checkInputShape(layers, inputShape)
      let shape = inputShape
      const weights = layers.map((layer, i) => {
        const initial = layer.init(rng.split(i), shape)
        shape = layer.outputShape(shape)
        return initial
      })
      return { params: weights.map((w) => w.params), state: weights.map((w) => w.state) }
    },
    apply({ params, state }, x, options) {
      checkInputShape(layers, x.shape.slice(1))
      let y = x
      const states = layers.map((layer, i) => {
        const weights = { params: (params as Params[])[i]!, state: (state as Params[])[i]! }
        const result = layer.apply(weights, y, options)
        y = result.y
        return result.state
      })
      return { y, state: states }
    },
  }
}
