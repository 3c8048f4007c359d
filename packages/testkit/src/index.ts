export { backendSuite } from './backend-suite'
export { activate, type TestBackend, testBackends } from './backends'
export { relativeError, tensorError } from './closeness'
export { leaked } from './leaks'
export { type LearnerSuiteOptions, learnerSuite } from './learner-suite'
export {
  describeReference,
  loadReference,
  type ReferenceCase,
  type ReferenceTensor,
  type ReferenceTree,
  referenceFile,
  toTensor,
} from './reference'
export { type ToyOptions, toyEpisodes } from './toy'
export { toyLearner } from './toy-learner'
