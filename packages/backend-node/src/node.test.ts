import { backendSuite } from '@kshot/testkit'
import { node } from './index'

backendSuite(node())
