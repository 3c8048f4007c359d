import { adam, conv4, disposeTask, type Episode, metaTrain, rng } from '@kshot/core'
import { protonet } from '@kshot/protonet'
import { tensor, tensor1d } from '@tensorflow/tfjs-core'

const [WAYS, QUERIES, SIDE, FILTERS] = [5, 5, 28, 16] as const

/** What the figure is of. */
export const CASE = `ProtoNet training, ${WAYS}-way 1-shot, conv4 with ${FILTERS} filters`

/** Images a second in training, on the active backend; about so many seconds are taken for it. */
export async function imagesPerSecond(seconds: number): Promise<number> {
  // the first step compiles and fetches memory; one query a class is enough to tell a slow backend by
  const short = await rate({ queries: 1, steps: 2, seconds: Number.POSITIVE_INFINITY })
  if (short < (WAYS * 2) / seconds) return short
  return rate({ queries: QUERIES, steps: Number.MAX_SAFE_INTEGER, seconds })
}

interface Measure {
  readonly queries: number
  readonly steps: number
  readonly seconds: number
}

/** Images a second, by the median of all steps but the first. */
async function rate({ queries, steps, seconds }: Measure): Promise<number> {
  const stop = new AbortController()
  const ends = [performance.now()]
  const { meta, state } = await metaTrain({
    learner: protonet({ backbone: conv4({ filters: FILTERS }) }),
    optimizer: adam(1e-3),
    tasks: episodes(queries),
    steps,
    signal: stop.signal,
    taskSpec: { inputShape: [SIDE, SIDE, 1], ways: WAYS },
    onStep() {
      ends.push(performance.now())
      if (ends.length > 2 && ends.at(-1)! - ends[0]! > 1000 * seconds) stop.abort()
    },
  })
  disposeTask([meta, state])
  return (1000 * WAYS * (1 + queries)) / median(ends.slice(2).map((end, i) => end - ends[i + 1]!))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** The same pictures again and again: what they show takes no time to draw. */
function episodes(queries: number) {
  const random = rng(1)
  const pixels = Float32Array.from({ length: WAYS * QUERIES * SIDE * SIDE }, () => random.normal())
  const batch = (each: number) => {
    const y = Array.from({ length: WAYS * each }, (_, i) => i % WAYS)
    const x = pixels.slice(0, y.length * SIDE * SIDE)
    return { x: tensor(x, [y.length, SIDE, SIDE, 1]), y: tensor1d(y, 'int32'), ways: WAYS }
  }
  return (index: number): Episode => ({
    support: batch(1),
    query: batch(queries),
    id: { source: 'doctor', index },
  })
}
