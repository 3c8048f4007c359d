import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import type { Context } from './learner'

/**
 * Numbers that depend on the meta-step, as a tensor. Learners use it in `loss` and `adapt` instead of `ctx.step`:
 * what they do is recorded, and run again at other steps.
 * @param values returns as many numbers as `shape` holds
 * @example const rate = stepTensor(ctx, [], (step) => [0.1 * 0.99 ** step])
 */
export function stepTensor(
  ctx: Context,
  shape: readonly number[],
  values: (step: number) => readonly number[],
): Tensor {
  if (ctx.stepTensor) return ctx.stepTensor(shape, values)
  return tensor(values(ctx.step) as number[], [...shape], 'float32')
}

/**
 * A decision that depends on the meta-step. Learners use it instead of `ctx.step`, as they use {@link stepTensor} for
 * numbers: each way of deciding is recorded by itself.
 * @example if (stepDecides(ctx, (step) => step < 1000)) …
 */
export function stepDecides<T extends string | number | boolean>(
  ctx: Context,
  decide: (step: number) => T,
): T {
  return ctx.stepDecides ? ctx.stepDecides(decide) : decide(ctx.step)
}

/** A context with other fields; the step is not read. */
export function contextWith(
  ctx: Context,
  fields: Partial<Pick<Context, 'rng' | 'phase'>>,
): Context {
  const own = Object.entries(fields).map(([name, value]) => [name, { value, enumerable: true }])
  return Object.create(ctx, Object.fromEntries(own)) as Context
}
