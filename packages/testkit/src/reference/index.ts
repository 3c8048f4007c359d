// What compares with reference values outside of a test runner, too.
export { type Check, checkCase, type Learners } from './checks'
export { loadReference, type ReferenceCase } from './format'
