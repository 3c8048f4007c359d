// Chen et al. 2019, A Closer Look at Few-shot Classification, arXiv:1904.04232, section 3.1: fine-tuning stage.
import { tree } from '@kshot/core'
import { add, mul, sub, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Head } from './heads'

export interface TuningOptions {
  readonly steps: number
  readonly rate: number
  readonly weightDecay: number
}

/** Momentum, and how much of a gradient is left out of it, in the published code. */
const MOMENTUM = 0.9
const DAMPENING = 0.9

/**
 * A head `[rows, ways]` for inputs of known classes, by gradient descent from `first`:
 * g = gradient(W) + decay W; t ← 0.9 t + (1 − 0.9) g, and g itself in the first step; W ← W − rate t.
 */
export function tuned(
  head: Head,
  inputs: Tensor2D,
  oneHot: Tensor2D,
  first: Tensor2D,
  { steps, rate, weightDecay }: TuningOptions,
): Tensor2D {
  let weight = first
  let trace: Tensor2D | undefined
  for (let step = 0; step < steps; step++) {
    const next = tree.tidy(() => {
      const g = add(head.gradient(inputs, weight, oneHot), mul(weight, weightDecay)) as Tensor2D
      const t: Tensor2D = trace ? add(mul(trace, MOMENTUM), mul(g, 1 - DAMPENING)) : g
      return { trace: t, weight: sub(weight, mul(t, rate)) as Tensor2D }
    })
    if (trace) tree.dispose([weight, trace])
    ;({ weight, trace } = next)
  }
  return weight
}
