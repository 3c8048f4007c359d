import type { DeviceInfo, MetaLearner, StepReport } from '@kshot/core'
import type { WarmStart } from '@kshot/results'
import type { Config } from '../configuration/schema'
import type { Data } from '../data/data'
import type { TestEvents, TestJob } from './test-job'
import type { Trained } from './training'

/** What a person may want to see while a run goes on. */
export interface RunEvents extends TestEvents {
  /** What is not as it should be, and is gone on with. */
  note?(text: string): void
  start?(about: About): void
  /** Of a learner on an encoder, before it is trained. */
  encode?(done: number, total: number): void
  step?(report: StepReport, seconds: number): void
  testStart?(trained: Trained): void
  /** What was learned, before the result is written. */
  tested?(job: TestJob): void | Promise<void>
}

/** What is run, on what. */
export interface About {
  readonly config: Config
  readonly folder: string
  readonly learner: MetaLearner
  readonly data: Data
  readonly device: DeviceInfo
  /** Threads that tasks are spread over. */
  readonly workers: number
  /** Which backend `auto` means, and why. */
  readonly choice: string | undefined
  readonly warmStart?: WarmStart | undefined
}
