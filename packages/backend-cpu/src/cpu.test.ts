import { backendSuite } from '@kshot/testkit'
import { cpu } from './index'

backendSuite(cpu())
