// Finn, Abbeel & Levine 2017, section 5.1: the baseline "pretrained on all of the tasks", arXiv:1703.03400.
import type { Batch, MetaLearner } from '@kshot/core'
import { concat } from '@tensorflow/tfjs-core'
import { type MamlOptions, maml } from './maml'
import { checkMamlOptions, pretrainedOptions } from './options'

export interface PretrainedOptions
  extends Omit<MamlOptions, 'steps' | 'firstOrder' | 'head' | 'ways'> {
  /** Gradient steps on the support set, only at test. */
  readonly steps: number
}

/**
 * MAML's baseline in regression: one network fitted to all tasks at once, support and
 * query points alike, with no inner loop; at test it is fine-tuned on the support set.
 * @throws `maml/bad-option`
 * @example
 * const learner = pretrained({ model: mlp(), innerRate: 0.01, steps: 10 })
 */
export function pretrained(options: PretrainedOptions): MetaLearner {
  checkMamlOptions('pretrained', pretrainedOptions, options)
  const { steps, ...rest } = options
  const learner = maml({ ...rest, head: 'none', steps: { train: 0, test: steps } })
  const { model, innerRate, innerOptimizer, adapts, normalisation } = learner.spec.options
  return {
    ...learner,
    traits: { ...learner.traits, method: 'pretrained' },
    withInnerSteps: (steps) => pretrained({ ...options, steps }),
    spec: {
      package: '@kshot/maml',
      export: 'pretrained',
      options: {
        model: model!,
        innerRate: innerRate!,
        steps,
        adapts: adapts!,
        normalisation: normalisation!,
        ...(innerOptimizer && { innerOptimizer }),
      },
    },
    loss: (meta, { support, query, ...task }, ctx) =>
      learner.loss(meta, { ...task, support, query: joined(support, query) }, ctx),
  }
}

function joined(a: Batch, b: Batch): Batch {
  return { x: concat([a.x, b.x]), y: concat([a.y, b.y]) }
}
