export { activate, type TestBackend, testBackends } from './backends'
export { relativeError } from './closeness'
export { declared } from './conformance'
export { type BackendSuiteOptions, backendSuite } from './conformance/suite'
export { datasetSuite, exampleOf, type TestedDataset } from './dataset-suite'
export { derivatives } from './derivatives'
export { codeOf } from './errors'
export { leaked } from './leaks'
export { type LearnerSuiteOptions, learnerSuite } from './learner-suite'
export { numbersOf } from './numbers'
export { draw, type Inputs, type Operation, onCpuOnly, operations, scalarOf } from './operations'
export { programSuite } from './program-suite'
export { rebuilt } from './rebuilt'
export { describeReference, referenceSuite } from './reference/describe'
export {
  loadReference,
  type ReferenceCase,
  type ReferenceTensor,
  type ReferenceTree,
  referenceEpisode,
  toTensor,
} from './reference/format'
export { referenceFile } from './reference-file'
export { swiftShader, useSwiftShader } from './swiftshader'
export { type ToyOptions, toyBatches, toyEpisodes, toyPairs, toyTasks } from './toy'
export { toyLearner } from './toy-learner'
export { vmapSuite } from './vmap-suite'
