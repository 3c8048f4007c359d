import { referenceSuite } from '@kshot/testkit'

referenceSuite('operations against PyTorch float64', ['hvp'], {})
