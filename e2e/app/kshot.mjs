// The ten lines that bring a few-shot classifier into an app that exists.
import { conv4, createClassifier, loadMeta } from '@kshot/core'
import { protonet } from '@kshot/protonet'

/** `examples` and `queries` are lists of [label, tensor of 28 × 28 × 1]. */
export async function fewShot(checkpoint, backend, examples, queries) {
  const learner = protonet({ backbone: conv4({ filters: 32 }) })
  const meta = loadMeta(checkpoint, learner)
  const classifier = await createClassifier({ learner, meta, backend, unknown: false })
  for (const [label, x] of examples) await classifier.addExample(label, x)
  const before = []
  for (const [, x] of queries) before.push((await classifier.predict(x)).label)

  const again = await createClassifier({ learner, meta, backend, unknown: false })
  await again.load(await classifier.save())
  const after = []
  for (const [, x] of queries) after.push((await again.predict(x)).label)
  return { truth: queries.map(([label]) => label), before, after }
}
