// What compares with reference values outside of a test runner, too.
export { checkCase, type Learners } from './checks'
export type { Check } from './compare'
export { loadReference, type ReferenceCase } from './format'
