// What a page does with kshot on a backend: trains, takes a meta-gradient of second order, and cleans up.
import { cpu } from '@kshot/backend-cpu'
import { webgpu } from '@kshot/backend-webgpu'
import {
  conv4,
  createClassifier,
  disposeTask,
  metaTrain,
  rng,
  sequential,
  sgd,
  tree,
  useBackend,
} from '@kshot/core'
import { maml } from '@kshot/maml'
import { protonet } from '@kshot/protonet'
import { vectorised } from '@kshot/vmap'
import * as tf from '@tensorflow/tfjs-core'
import { toyEpisodes } from '../../packages/testkit/src/toy'

const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 2, size: 6, noise: 1 })
const net = () => conv4({ filters: 4, blocks: 1 })
const mamlOf = (firstOrder) =>
  maml({ model: net(), head: 'fixed', ways: 3, innerRate: 0.4, steps: 2, firstOrder })

async function losses(learner, options = {}) {
  const seen = []
  const { meta, state } = await metaTrain({
    learner,
    tasks,
    optimizer: sgd(0.05),
    steps: 5,
    seed: 1,
    ...options,
    onStep: ({ loss }) => void seen.push(loss),
  })
  disposeTask([meta, state])
  return seen
}

async function metaGradient(learner) {
  const meta = learner.init(rng(1), tasks.taskSpec)
  const task = tasks(0)
  const ctx = { step: 0, phase: 'train', rng: rng(2) }
  const result = sequential().metaGradient(learner, meta, [task], ctx)
  const values = await Promise.all(tree.leaves(result.gradient).map((x) => x.data()))
  disposeTask([meta, task, result])
  return values.flatMap((numbers) => [...numbers])
}

const work = {
  protonet: () => losses(protonet({ backbone: net() })),
  maml: () => losses(mamlOf(false), { steps: 3 }),
  'maml, all tasks at once': () =>
    losses(mamlOf(false), { steps: 2, metaBatch: 2, executor: vectorised() }),
  secondOrder: () => metaGradient(mamlOf(false)),
  firstOrder: () => metaGradient(mamlOf(true)),
}

/** Some of it on one backend, and the tensors that are left. */
async function on(backend, wanted = Object.keys(work)) {
  const info = await useBackend(backend)
  const before = tf.memory().numTensors
  const results = {}
  for (const name of wanted) results[name] = await work[name]()
  return { info, results, leaked: tf.memory().numTensors - before }
}

/** A classifier on a backend in an app whose own is cpu. */
async function beside(backend) {
  await useBackend(cpu())
  const learner = protonet({ backbone: net() })
  const meta = learner.init(rng(1), tasks.taskSpec)
  const classifier = await createClassifier({ learner, meta, backend })
  const { support, query } = tasks(0)
  const images = (x) => tf.unstack(x)
  for (const [i, x] of images(support.x).entries()) await classifier.addExample(`class ${i}`, x)
  const confidences = []
  for (const x of images(query.x)) {
    const { ranking } = await classifier.predict(x)
    confidences.push(...ranking.map((ranked) => ranked.confidence))
  }
  return { confidences, active: tf.getBackend() }
}

/** What the app is told where WebGPU is missing. */
async function missing() {
  const found = await webgpu().available()
  const thrown = await useBackend(webgpu()).then(
    () => 'nothing',
    ({ code, message }) => ({ code, message }),
  )
  return { found, thrown, backend: tf.getBackend() }
}

/** Numbers that lie on the GPU, read without waiting; or the code of the error that says they cannot be. */
async function readAtOnce() {
  await useBackend(webgpu())
  try {
    return [...tf.tidy(() => tf.relu(tf.tensor1d([-1, 2, 3])).dataSync())]
  } catch ({ code }) {
    return code
  }
}

const withKernels = (kernels) => webgpu(kernels ? { kernels } : {})

globalThis.kshot = {
  onCpu: () => on(cpu()),
  onWebGPU: ({ kernels, wanted } = {}) => on(withKernels(kernels), wanted),
  besideCpu: async () => [await beside(cpu()), await beside(webgpu())],
  readAtOnce,
  missing,
}
