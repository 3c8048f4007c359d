export { type AdvantageOptions, advantages } from './advantages'
export { type Arm, arm, tip } from './arm'
export { cartPole, type Pole } from './cart-pole'
export type { Environment, Transition } from './environment'
export { type Goal, navigation, straightReturn } from './navigation'
export { gaussianPolicy, type NumberPolicy, type Policy, type PolicyOptions } from './policy'
export {
  type PolicyMaml,
  type PolicyMamlOptions,
  type PolicyTask,
  policyMaml,
  type Steps,
} from './policy-maml'
export { type EpisodeOf, meanReturn, rollouts } from './rollouts'
export {
  type Adaptation,
  adaptPolicy,
  stepsOf,
  type TrainPolicyOptions,
  trainPolicy,
} from './train-policy'
