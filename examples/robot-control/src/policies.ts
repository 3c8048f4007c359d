import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  gaussianPolicy,
  navigation,
  type PolicyMaml,
  policyMaml,
  trainPolicy,
} from '@kshot/control'
import { adam, loadMeta, type Meta, rng, saveMeta } from '@kshot/core'
import { progress } from '@kshot/examples-kit'
import { vectorised } from '@kshot/vmap'

export const environment = navigation()
const policy = gaussianPolicy({ observations: 2, actions: 2, hidden: [32, 32], std: 0.1 })

/** Meta-trained to be one step away from a goal; or trained on all goals at once; or not at all. */
export const LEARNERS = ['maml', 'pretrained', 'random'] as const
export type LearnerName = (typeof LEARNERS)[number]

/** One inner step at the paper's rate; without it, training is ordinary policy optimisation. */
export function learnerOf(name: LearnerName, innerRate = 0.1): PolicyMaml {
  return policyMaml({ policy, innerRate, steps: name === 'maml' ? 1 : 0 })
}

const file = (name: LearnerName, seed: number) =>
  fileURLToPath(new URL(`../checkpoints/${name}.seed${seed}.safetensors`, import.meta.url))

const TRAINING = { iterations: 40, tasks: 10, episodes: 10, epochs: 3, rate: 3e-3 } as const

/** As committed, or trained now: `train` writes what is committed. */
export async function policyOf(name: LearnerName, seed: number, train: boolean): Promise<Meta> {
  const learner = learnerOf(name)
  if (name === 'random') {
    return learner.init(rng(seed), { inputShape: [environment.observations] })
  }
  if (!train) return loadMeta(readFileSync(file(name, seed)), learner)
  const { iterations, rate, ...how } = TRAINING
  const bar = progress(`training ${name}, seed ${seed}`, iterations)
  const meta = await trainPolicy({
    ...how,
    iterations,
    environment,
    learner,
    optimizer: adam(rate),
    seed,
    executor: await vectorised(),
    onIteration: () => bar.step(),
  })
  bar.stop()
  mkdirSync(dirname(file(name, seed)), { recursive: true })
  writeFileSync(file(name, seed), await saveMeta(learner.spec, meta))
  return meta
}
