export { activate, type TestBackend, testBackends } from './backends'
export { relativeError } from './closeness'
export { declared } from './conformance'
export { type ConformanceOptions, conformanceSuite } from './conformance/suite'
export { derivatives } from './derivatives'
export { codeOf } from './errors'
export { leaked } from './leaks'
export { type LearnerSuiteOptions, learnerSuite } from './learner-suite'
export { numbersOf } from './numbers'
export { draw, type Inputs, type Operation, onCpuOnly, operations, scalarOf } from './operations'
export { rebuilt } from './rebuilt'
export { describeReference, referenceFile, referenceSuite } from './reference/describe'
export {
  loadReference,
  type ReferenceCase,
  type ReferenceTensor,
  type ReferenceTree,
  referenceEpisode,
  toTensor,
} from './reference/format'
export { swiftShader, useSwiftShader } from './swiftshader'
export { type ToyOptions, toyBatches, toyEpisodes, toyPairs, toyTasks } from './toy'
export { toyLearner } from './toy-learner'
export { vmapSuite } from './vmap-suite'
