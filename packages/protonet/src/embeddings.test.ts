import {
  conv4,
  convMaps,
  createClassifier,
  customEncoder,
  frozen,
  loadMeta,
  rng,
  saveMeta,
} from '@kshot/core'
import { activate } from '@kshot/testkit'
import { zeros } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { protonet } from './index'

it('says that a backbone gives maps in the place of rows', async () => {
  await activate('cpu')
  const learner = protonet({ backbone: convMaps({ filters: 4, blocks: 2 }) })
  const meta = learner.init(rng(1), { inputShape: [28, 28, 1] })
  const classifier = await createClassifier({ learner, meta })
  await classifier.addExample('a', zeros([28, 28, 1]))
  await classifier.addExample('b', zeros([28, 28, 1]))
  await expect(classifier.predict(zeros([28, 28, 1]))).rejects.toMatchObject({
    code: 'core/bad-embeddings',
  })
})

it('says that a picture is too small for the net', async () => {
  await activate('cpu')
  const learner = protonet({ backbone: conv4({ filters: 4 }) })
  const bytes = await saveMeta(learner.spec, learner.init(rng(1), { inputShape: [28, 28, 1] }))
  const classifier = await createClassifier({ learner, meta: loadMeta(bytes, learner) })
  await classifier.addExample('a', zeros([8, 8, 1]))
  await classifier.addExample('b', zeros([8, 8, 1]))
  await expect(classifier.predict(zeros([8, 8, 1]))).rejects.toMatchObject({
    code: 'core/input-too-small',
  })
})

it('turns strangers away from one example per class, over an encoder', async () => {
  await activate('cpu')
  const random = rng(1)
  const row = () => Array.from({ length: 512 }, () => random.uniform() - 0.5)
  const encoder = customEncoder<number[]>({ name: 'rows', dimensions: 512, encode: (x) => x })
  const learner = protonet({ backbone: frozen(encoder), distance: 'cosine' })
  const meta = learner.init(rng(1), { inputShape: [512] })
  const classifier = await createClassifier({ encoder, learner, meta })
  const [a, b] = [row(), row()]
  await classifier.addExample('a', a)
  await classifier.addExample('b', b)
  const near = a.map((v) => v + 0.2 * (random.uniform() - 0.5))
  const told = await classifier.predictMany([near, row(), row(), row()])
  expect(told.map(({ label }) => label)).toEqual(['a', null, null, null])
})
