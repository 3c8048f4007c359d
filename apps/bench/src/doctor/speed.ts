import { adam, conv4, disposeTask, type Episode, metaTrain, rng } from '@kshot/core'
import { protonet } from '@kshot/protonet'
import { tensor, tensor1d } from '@tensorflow/tfjs-core'

const [WAYS, SHOTS, QUERIES, SIDE, FILTERS] = [5, 1, 5, 28, 16] as const
const IMAGES = WAYS * (SHOTS + QUERIES)

/** What the figure is of. */
export const CASE = `ProtoNet training, ${WAYS}-way ${SHOTS}-shot, conv4 with ${FILTERS} filters`

/** Images a second in training, on the active backend; about so many seconds are taken for it. */
export async function imagesPerSecond(seconds: number): Promise<number> {
  const learner = protonet({ backbone: conv4({ filters: FILTERS }) })
  const stop = new AbortController()
  const ends = [performance.now()]
  const { meta, state } = await metaTrain({
    ...{ learner, optimizer: adam(1e-3), tasks: episodes(), steps: Number.MAX_SAFE_INTEGER },
    taskSpec: { inputShape: [SIDE, SIDE, 1], ways: WAYS },
    signal: stop.signal,
    onStep() {
      ends.push(performance.now())
      if (ends.at(-1)! - ends[0]! > 1000 * seconds) stop.abort()
    },
  })
  disposeTask([meta, state])
  const steps = ends.slice(1).map((end, i) => end - ends[i]!)
  // what the first step prepares is not training, unless a step takes so long that it is the only one
  return (1000 * IMAGES) / median(steps.length > 1 ? steps.slice(1) : steps)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** The same pictures again and again: what they show takes no time to draw. */
function episodes() {
  const random = rng(1)
  const pixels = Float32Array.from({ length: IMAGES * SIDE * SIDE }, () => random.normal())
  const batch = (from: number, each: number) => {
    const y = Array.from({ length: WAYS * each }, (_, i) => i % WAYS)
    const shape = [y.length, SIDE, SIDE, 1]
    const x = pixels.slice(from * SIDE * SIDE, (from + y.length) * SIDE * SIDE)
    return { x: tensor(x, shape), y: tensor1d(y, 'int32'), ways: WAYS }
  }
  return (index: number): Episode => ({
    support: batch(0, SHOTS),
    query: batch(WAYS * SHOTS, QUERIES),
    id: { source: 'doctor', index },
  })
}
