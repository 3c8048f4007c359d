import { operations, programSuite } from '@kshot/testkit'
import { wasm } from '../index'

programSuite(wasm(), operations)
