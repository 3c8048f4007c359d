import type { Params, Rng, Spec } from '@kshot/core'
import {
  add,
  div,
  exp,
  matMul,
  mul,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core'

type Layer = { readonly weight: Tensor2D; readonly bias: Tensor1D }
/** Layers by number, and log σ of each action. */
type Weights = { readonly layers: { readonly [i: string]: Layer }; readonly logStd: Tensor1D }

/** A normal distribution over actions, whose mean is a perceptron's with tanh. */
export interface Policy {
  /** How to build it again. */
  readonly spec: Spec
  init(rng: Rng): Params
  /** log π(a | o): observations `[n, o]`, actions `[n, a]` to `[n]`. */
  logProb(params: Params, observations: Tensor, actions: Tensor): Tensor1D
  /** The same net in plain numbers: rollouts take many small steps. */
  numbers(params: Params): NumberPolicy
}

export interface NumberPolicy {
  readonly std: Float32Array
  mean(observation: ArrayLike<number>): Float32Array
}

export interface PolicyOptions {
  readonly observations: number
  readonly actions: number
  /** Default two layers of 64. */
  readonly hidden?: readonly number[]
  /** Initial deviation of each action. Default 1. */
  readonly std?: number
}

const MOST_STD = 4
const LEAST_STD = 1e-3

/**
 * A Gaussian policy: μ(o) by a perceptron, σ for each action, whatever is observed.
 * @example const policy = gaussianPolicy({ observations: 2, actions: 2, hidden: [64, 64] })
 */
export function gaussianPolicy(options: PolicyOptions): Policy {
  const { observations, actions, hidden = [64, 64], std = 1 } = options
  const sizes = [observations, ...hidden, actions]
  return {
    spec: {
      package: '@kshot/control',
      export: 'gaussianPolicy',
      options: { observations, actions, hidden: [...hidden], std },
    },
    init(rng) {
      const layers = sizes.slice(1).map((units, i) => {
        const inputs = sizes[i]!
        // Small last weights: at first all actions are near 0.
        const scale = (i === hidden.length ? 0.01 : 1) * Math.sqrt(2 / (inputs + units))
        const own = rng.split(i)
        const values = Float32Array.from({ length: inputs * units }, () => scale * own.normal())
        return [
          i,
          { weight: tensor2d(values, [inputs, units]), bias: tensor1d(new Float32Array(units)) },
        ]
      })
      const logStd = tensor1d(new Float32Array(actions).fill(Math.log(std)))
      return { layers: Object.fromEntries(layers), logStd }
    },
    logProb(params, seen, taken) {
      const { layers, logStd } = params as Weights
      let y = seen
      for (const i of hidden.keys()) y = tanh(dense(layers[i]!, y))
      const mean = dense(layers[hidden.length]!, y)
      const misfit = div(sub(taken, mean), exp(logStd))
      const perAction = add(mul(-0.5, square(misfit)), sub(-0.5 * Math.log(2 * Math.PI), logStd))
      return sum(perAction, -1)
    },
    numbers(params) {
      const { layers, logStd } = params as Weights
      const read = sizes.slice(1).map((units, i) => ({
        units,
        weight: layers[i]!.weight.dataSync() as Float32Array,
        bias: layers[i]!.bias.dataSync() as Float32Array,
      }))
      const std = (logStd.dataSync() as Float32Array).map((v) =>
        Math.min(MOST_STD, Math.max(LEAST_STD, Math.exp(v))),
      )
      return { std, mean: (observation) => forward(read, observation) }
    },
  }
}

function dense({ weight, bias }: Layer, x: Tensor): Tensor {
  return add(matMul(x as Tensor2D, weight), bias)
}

interface Read {
  readonly units: number
  readonly weight: Float32Array
  readonly bias: Float32Array
}

function forward(layers: readonly Read[], observation: ArrayLike<number>): Float32Array {
  let x: ArrayLike<number> = observation
  for (const [i, { units, weight, bias }] of layers.entries()) {
    const y = bias.slice()
    for (let j = 0; j < x.length; j++) {
      const value = x[j]!
      for (let k = 0; k < units; k++) y[k]! += value * weight[j * units + k]!
    }
    if (i < layers.length - 1) for (let k = 0; k < units; k++) y[k] = Math.tanh(y[k]!)
    x = y
  }
  return x as Float32Array
}
