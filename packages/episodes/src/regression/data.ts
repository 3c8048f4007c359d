import type { Spec } from '@kshot/core'
import type { Understood } from '../understood'

/** One function to be learned from some of its points: a patient, a car, a user. */
export interface RegressionTask {
  /** The same in every process, for example `patient 41`. */
  readonly id: string
  /** `[n, inputs]`, row after row. */
  readonly x: Float32Array
  /** `[n, outputs]`, row after row. */
  readonly y: Float32Array
}

/** Regression tasks with inputs and targets of one width each. */
export interface RegressionData {
  /** How to rebuild it. */
  readonly spec: Spec
  /** Numbers of one input. */
  readonly inputs: number
  /** Numbers of one target. */
  readonly outputs: number
  readonly tasks: readonly RegressionTask[]
}

/** What was subtracted from each number of an input or target, and what it was then divided by. */
export interface Scale {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** Regression tasks that no two splits share. */
export interface RegressionSplits {
  readonly train: RegressionData
  readonly validation: RegressionData
  readonly test: RegressionData
  /** Where inputs and targets were standardised: how to go back. */
  readonly scale?: { readonly x: Scale; readonly y: Scale }
  /** The data itself assigns tasks to splits; otherwise a seed assigned them. */
  readonly given?: boolean
  /** How a user's file was read; its classes are tasks. */
  readonly understood?: Understood
}

/** How many points a task has. */
export function pointsOf({ y }: RegressionTask, { outputs }: RegressionData): number {
  return y.length / outputs
}
