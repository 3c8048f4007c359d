import { type Tensor, zeros } from '@tensorflow/tfjs-core'
import { type Gradient, type Gradients, rule } from './gradient'

/** The rule of a function that is flat almost everywhere, or discrete. */
function flat(...inputs: string[]): Gradient {
  return rule(inputs, (_, saved) =>
    Object.fromEntries(saved.map((x, i) => [inputs[i]!, () => zeros(x.shape) as Tensor])),
  )
}

const unaries = ['Ceil', 'Floor', 'Round', 'Sign', 'Step', 'IsFinite', 'IsInf', 'IsNan']
const others = ['OnesLike', 'ZerosLike', 'ArgMax', 'ArgMin', 'All', 'Any', 'LogicalNot']
const pairs = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual']
const logical = ['LogicalAnd', 'LogicalOr', 'LogicalXor', 'FloorDiv']

export const flats: Gradients = {
  ...Object.fromEntries([...unaries, ...others].map((name) => [name, flat('x')])),
  ...Object.fromEntries([...pairs, ...logical].map((name) => [name, flat('a', 'b')])),
  OneHot: flat('indices'),
  Multinomial: flat('logits'),
}
