/** What an attempt may cost, whoever made the input: processor time and memory, since a clock tells of other programs too. */
export interface Bound {
  /** Processor seconds, of all threads and child processes. */
  readonly seconds: number
  /** By which the memory of the process grows. */
  readonly mebibytes: number
}

/** What became of the attempts of an attack. */
export interface Outcome {
  readonly tried: number
  /** Attempts with a fault of any kind. */
  readonly failed: number
  /** Ended in an error that is none of kshot's, or in no error where the process broke. */
  readonly untyped: number
  /** Gave an answer that is not right, or took what should be refused. */
  readonly wrong: number
  /** Destroyed something that was there. */
  readonly lost: number
  /** Cost more than the bound, or never ended. */
  readonly overBound: number
  /** Of the worst attempt. */
  readonly seconds: number
  readonly mebibytes: number
  /** The first faults, in words. */
  readonly faults: readonly string[]
}

/** One way to break kshot, with generated inputs. */
export interface Attack {
  readonly name: string
  /** What holds all the same. */
  readonly promise: string
  /** Attempts of the full form, and of the one that runs with the tests. */
  readonly attempts: { readonly full: number; readonly short: number }
  readonly bound: Bound
  run(n: number): Promise<Outcome>
}

/** Of what is refused. */
export const REFUSED: Bound = { seconds: 2, mebibytes: 300 }

/** Attempts of one attack are the same in each run. */
export const SEED = 20261124
