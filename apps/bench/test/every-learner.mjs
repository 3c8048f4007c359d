// Every learner there is, small; JavaScript, because threads read it too.
import { fineTuned, nearestCentroid, nearestNeighbours, simpleShot } from '@kshot/baseline'
import { conv4, convMaps, finnNet, mlp, momentum } from '@kshot/core'
import { metaLstm } from '@kshot/learned-optimizer'
import { anil, boil, implicitMaml, maml, mamlPlusPlus, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { logistic, ridge, svm } from '@kshot/metaopt'
import { protonet } from '@kshot/protonet'
import { relation } from '@kshot/relation'
import { siamese } from '@kshot/siamese'

// Multiples of 8 filters run ConvBatchNormPool on wasm, others none of it.
const small = { filters: 8, blocks: 2 }
const model = mlp({ hidden: [8], outputs: 6 })
const inner = { model, innerRate: 0.3, steps: 2 }
export const everyLearner = {
  protonet: protonet({ backbone: conv4(small) }),
  'protonet, cosine': protonet({ backbone: model, distance: 'cosine' }),
  matching: matching({ backbone: conv4(small) }),
  'matching, full context': matching({ backbone: model, fullContext: 2 }),
  siamese: siamese({ backbone: conv4(small), regularisation: 0.01 }),
  relation: relation({
    backbone: convMaps({ filters: 4, pooled: 1, padding: 'same' }),
    filters: 4,
  }),
  ridge: ridge({ backbone: conv4(small) }),
  logistic: logistic({ backbone: model }),
  svm: svm({ backbone: model }),
  'meta-lstm': metaLstm({ model, ways: 3, steps: 2 }),
  'maml, conv4': maml({ ...inner, model: conv4(small), head: 'fixed', ways: 3 }),
  "maml, Finn's net": maml({ ...inner, model: finnNet(small) }),
  'maml with momentum': maml({ ...inner, innerOptimizer: momentum(0.3) }),
  'first-order maml': maml({ ...inner, firstOrder: true }),
  anil: anil(inner),
  boil: boil({ ...inner, ways: 3 }),
  'meta-sgd': metaSgd({ model, steps: 2 }),
  'maml++': mamlPlusPlus(inner),
  reptile: reptile({ model, steps: 3, batch: { train: 2 } }),
  'implicit maml': implicitMaml({ ...inner, lambda: 10 }),
  'nearest centroid': nearestCentroid({ backbone: conv4(small) }),
  'nearest neighbours': nearestNeighbours({ backbone: model }),
  baseline: fineTuned({ backbone: conv4(small), steps: 3 }),
  'baseline, drawn head': fineTuned({ backbone: conv4(small), headInit: 'random', steps: 3 }),
  'baseline++': fineTuned({ backbone: model, head: 'cosine', steps: 3 }),
  simpleShot: simpleShot({ backbone: conv4(small) }),
}
