// For the tests of data sets, under the names that they use.
export { datasetSuite, exampleOf as example } from '@kshot/testkit'
