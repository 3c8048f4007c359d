import { dispose, keep } from '@tensorflow/tfjs-core'
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

/** `on` runs a function on the backend that decides. */
export function reader(
  head: Head,
  unknown: 'auto' | number | false,
  on: <T>(f: () => T) => T,
): Reader {
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

function plainReader(
  head: Head,
  unknown: 'auto' | number | false,
  on: <T>(f: () => T) => T,
): Reader {
  let fitted: { readonly examples: Examples; readonly params: tree.Params } | undefined
  let calibrated: { readonly examples: Examples; readonly result: Promise<Calibration> } | undefined

  function fit(examples: Examples): tree.Params {
    if (fitted?.examples !== examples) {
      forget()
      fitted = { examples, params: kept(head.fit(supportOf(examples))) }
    }
    return fitted.params
  }

  function forget() {
    if (fitted) tree.dispose(fitted.params)
    fitted = undefined
  }

  async function scoresWithout(examples: Examples, limit: number): Promise<HeldOut> {
    const support = supportOf(examples)
    const places = spreadPlaces(support, limit)
    const scores = on(() => keep(head.leaveOut(support, places)))
    return { places, scores: await readOut(scores) }
  }

  function calibration(examples: Examples): Promise<Calibration> {
    if (calibrated?.examples !== examples) calibrated = { examples, result: calibrate(examples) }
    return calibrated.result
  }

  async function calibrate(examples: Examples): Promise<Calibration> {
    const support = supportOf(examples)
    const found = head.calibrate(support, await scoresWithout(examples, CALIBRATED_BY))
    if (unknown === false) return { ...found, ...nothingUnknown }
    return unknown === 'auto' ? found : { ...found, threshold: unknown }
  }

  return {
    async read(examples, encoded) {
      if (encoded.length === 0) {
        return { rows: [], familiarity: [], calibration: await calibration(examples) }
      }
      const ways = examples.byLabel.size
      const scores = on(() => {
        const x = stacked(encoded, examples.shape!)
        try {
          return keep(head.score(fit(examples), x))
        } finally {
          dispose(x)
        }
      })
      const values = await readOut(scores)
      const rows = encoded.map((_, i) => values.subarray(i * ways, (i + 1) * ways))
      const familiarity = rows.map((row) => row.reduce((a, b) => Math.max(a, b)))
      return { rows, familiarity, calibration: await calibration(examples) }
    },
    async heldOut(examples) {
      const held = await scoresWithout(examples, Number.POSITIVE_INFINITY)
      return { ...held, calibration: await calibration(examples) }
    },
    dispose: forget,
  }
}

function supportOf({ shape, byLabel }: Examples): Support {
  return { shape: shape!, classes: [...byLabel.values()] }
}

/** An app may call within its own `tf.tidy`, which would take them away. */
function kept(params: tree.Params): tree.Params {
  for (const tensor of tree.leaves(params)) keep(tensor)
  return params
}

async function readOut(scores: ReturnType<Head['score']>): Promise<Float32Array> {
  try {
    const values = await scores.data<'float32'>()
    if (values.every(Number.isFinite)) return values
    throw notFiniteScores()
  } finally {
    scores.dispose()
  }
}
