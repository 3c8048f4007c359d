import { dispose, keep, type Tensor2D } from '@tensorflow/tfjs-core'
import * as tree from '../tree'
import { nothingUnknown } from './calibration'
import type { Encoded } from './embed'
import { notFiniteScores } from './errors'
import type { Examples } from './examples'
import type { Calibration } from './head'
import { type Head, type HeldOut, type Support, spreadPlaces, stacked } from './head'

/** Enough to calibrate by; more would keep an app waiting. */
const CALIBRATED_BY = 256

/** Reads scores from a head. What it has fitted to examples is kept until they change. */
export interface Reader {
  /** The scores of inputs, a row each, and how to read them. */
  read(examples: Examples, encoded: readonly Encoded[]): Promise<Read>
  /** The scores of all examples, each by a head that has not seen it. */
  heldOut(examples: Examples): Promise<HeldOut & { readonly calibration: Calibration }>
  dispose(): void
}

interface Read {
  readonly rows: readonly Float32Array[]
  /** How well each input fits the class that it fits best. */
  readonly familiarity: readonly number[]
  readonly calibration: Calibration
}

type Unknown = 'auto' | number | false

type On = <T>(f: () => T) => T

/** `on` runs a function on the backend that decides. */
export function reader(head: Head, unknown: Unknown, on: On): Reader {
  const own = plainReader(head, unknown, on)
  return head.guard ? guarded(own, reader(head.guard, unknown, on)) : own
}

/** The guard decides whether an input belongs to any class. */
function guarded(own: Reader, guard: Reader): Reader {
  return {
    async read(examples, encoded) {
      const [{ rows, calibration }, { familiarity, calibration: known }] = await Promise.all([
        own.read(examples, encoded),
        guard.read(examples, encoded),
      ])
      return { rows, familiarity, calibration: { ...known, sharpness: calibration.sharpness } }
    },
    heldOut: own.heldOut,
    dispose() {
      own.dispose()
      guard.dispose()
    },
  }
}

function plainReader(head: Head, unknown: Unknown, on: On): Reader {
  const fitted = fittedHead(head)
  const calibration = calibrations(head, unknown, on)
  return {
    async read(examples, encoded) {
      if (encoded.length === 0) {
        return { rows: [], familiarity: [], calibration: await calibration(examples) }
      }
      const ways = examples.byLabel.size
      const values = await readOut(
        on(() => scoresOf(head, fitted.params(examples), encoded, examples)),
      )
      const rows = encoded.map((_, i) => values.subarray(i * ways, (i + 1) * ways))
      const familiarity = rows.map((row) => row.reduce((a, b) => Math.max(a, b)))
      return { rows, familiarity, calibration: await calibration(examples) }
    },
    async heldOut(examples) {
      const scores = await scoresWithout(head, on, examples, Number.POSITIVE_INFINITY)
      return { ...scores, calibration: await calibration(examples) }
    },
    dispose: fitted.forget,
  }
}

function scoresOf(
  head: Head,
  fitted: tree.Params,
  encoded: readonly Encoded[],
  { shape }: Examples,
): Tensor2D {
  const x = stacked(encoded, shape!)
  try {
    return keep(head.score(fitted, x))
  } finally {
    dispose(x)
  }
}

/** The parameters that a head fits to examples. */
function fittedHead(head: Head) {
  let last: { readonly examples: Examples; readonly params: tree.Params } | undefined

  function params(examples: Examples): tree.Params {
    if (last?.examples !== examples) {
      forget()
      last = { examples, params: kept(head.fit(supportOf(examples))) }
    }
    return last.params
  }

  function forget(): void {
    if (last) tree.dispose(last.params)
    last = undefined
  }

  return { params, forget }
}

/** The calibration by the examples alone, or with a threshold of the app's own. */
function calibrations(head: Head, unknown: Unknown, on: On) {
  let last: { readonly examples: Examples; readonly result: Promise<Calibration> } | undefined

  async function calibrate(examples: Examples): Promise<Calibration> {
    const scores = await scoresWithout(head, on, examples, CALIBRATED_BY)
    const found = head.calibrate(supportOf(examples), scores)
    if (unknown === false) return { ...found, ...nothingUnknown }
    return unknown === 'auto' ? found : { ...found, threshold: unknown }
  }

  return (examples: Examples): Promise<Calibration> => {
    if (last?.examples !== examples) last = { examples, result: calibrate(examples) }
    return last.result
  }
}

/** The scores of examples, at most `limit` of them, each by a head that has not seen it. */
async function scoresWithout(
  head: Head,
  on: On,
  examples: Examples,
  limit: number,
): Promise<HeldOut> {
  const support = supportOf(examples)
  const places = spreadPlaces(support, limit)
  const scores = on(() => keep(head.leaveOut(support, places)))
  return { places, scores: await readOut(scores) }
}

function supportOf({ shape, byLabel }: Examples): Support {
  return { shape: shape!, classes: [...byLabel.values()] }
}

/** An app may call within its own `tf.tidy`, which would take them away. */
function kept(params: tree.Params): tree.Params {
  for (const tensor of tree.leaves(params)) keep(tensor)
  return params
}

async function readOut(scores: Tensor2D): Promise<Float32Array> {
  try {
    const values = await scores.data<'float32'>()
    if (values.every(Number.isFinite)) return values
    throw notFiniteScores()
  } finally {
    scores.dispose()
  }
}
