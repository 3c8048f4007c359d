// The heads that are compared, as options of createClassifier.
import { adam, centroidHead, embeddings, metaTrain, mlp, neighboursHead } from '@kshot/core'
import { unitRoot } from '@kshot/core/head'
import { episodes } from '@kshot/episodes'
import { logisticHead, ridgeHead, svmHead } from '@kshot/metaopt'
import { protonet } from '@kshot/protonet'

/** Made anew for each classifier, as an app makes them. */
export const heads = {
  centroid: () => ({ head: centroidHead() }),
  neighbours: () => ({ head: neighboursHead() }),
  ridge: () => ({ head: ridgeHead() }),
  logistic: () => ({ head: logisticHead() }),
  svm: () => ({ head: svmHead() }),
}

/**
 * A linear layer on frozen embeddings, meta-trained as a Prototypical Network on the training classes; as options
 * of a classifier for rows of the same kind.
 */
export async function metaTrained(
  { train, validation },
  { steps, outputs, rate, scale, seed = 1 },
) {
  const net = mlp({ hidden: [], outputs })
  const learner = protonet({ backbone: embeddings({ net }), distance: 'cosine', scale })
  const shape = { ways: 20, shots: 1, queries: 3 }
  const { meta } = await metaTrain({
    learner,
    optimizer: adam(rate),
    tasks: episodes(train, { ...shape, seed }),
    steps,
    seed,
    validate: {
      tasks: episodes(validation, { ...shape, seed: 'validation' }),
      count: 40,
      every: Math.ceil(steps / 6),
    },
  })
  return () => ({ learner, meta })
}

/** Embeddings as `centroidHead` sees them: the roots of their numbers, of length 1. */
export function rooted(data) {
  const row = (c, i) => Float32Array.from(unitRoot(data.row(c, i)))
  return { ...data, row, read: (c, i, target, offset) => target.set(row(c, i), offset) }
}
