import { elu, relu, sigmoid, softplus, tanh } from '@tensorflow/tfjs-core'
import { type Layer, stateless } from './layer'

const functions = { elu, relu, sigmoid, softplus, tanh } as const

export type Activation = keyof typeof functions

/** Applies a function to each number. */
export function activation(name: Activation): Layer {
  return stateless((x) => functions[name](x))
}
