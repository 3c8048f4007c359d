// The heads that are compared, as options of createClassifier.
import { adam, centroidHead, embeddings, metaTrain, mlp, neighboursHead } from '@kshot/core'
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

/** A linear layer on frozen embeddings, meta-trained as a Prototypical Network on the training classes. */
export async function metaTrained({ train, validation }, { steps, shots = 1, seed = 1 }) {
  const net = mlp({ hidden: [], outputs: 256 })
  const learner = protonet({ backbone: embeddings({ net }), distance: 'cosine', scale: 10 })
  const { meta } = await metaTrain({
    learner,
    optimizer: adam(1e-3),
    tasks: episodes(train, { ways: 20, shots, queries: 3, seed }),
    steps,
    seed,
    validate: {
      tasks: episodes(validation, { ways: 20, shots, queries: 3, seed: 'validation' }),
      count: 40,
      every: Math.ceil(steps / 6),
    },
  })
  return () => ({ learner, meta })
}
