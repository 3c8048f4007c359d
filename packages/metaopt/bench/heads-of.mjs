// Heads of @kshot/metaopt on one backend: for each line on stdin, a line of milliseconds a call. heads.mjs runs it.
import { createInterface } from 'node:readline'
import { rng, softmaxCrossEntropy, useBackend, valueAndGrad } from '@kshot/core'
import { ridgeWeights, svmDuals } from '@kshot/metaopt'
import {
  add,
  cast,
  eye,
  matMul,
  mul,
  oneHot,
  scalar,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core'

const backend = process.argv[2]
const module = await import(`@kshot/backend-${backend}`)
await useBackend(backend === 'node' ? module.node({ threads: 1 }) : module[backend]())

const [WAYS, SHOTS, QUERIES, D] = [5, 5, 15, 1600]
const N = WAYS * SHOTS
const random = rng(1)
const drawn = (rows) =>
  tensor2d(
    Float32Array.from({ length: rows * D }, () => random.normal() / Math.sqrt(D)),
    [rows, D],
  )
const labels = (n) =>
  tensor1d(
    Array.from({ length: n }, (_, i) => i % WAYS),
    'int32',
  )
const targets = cast(oneHot(labels(N), WAYS), 'float32')
const truth = labels(WAYS * QUERIES)
const inputs = { support: drawn(N), queries: drawn(WAYS * QUERIES), scale: scalar(10) }

const heads = {
  ridge: (z) => ridgeWeights(z, targets, scalar(1)),
  svm: (z) => matMul(z, svmDuals(add(matMul(z, z, false, true), eye(N)), targets, 0.1), true),
}

async function call(head) {
  const { value, gradient } = tidy(() =>
    valueAndGrad(({ support, queries, scale }) =>
      softmaxCrossEntropy(mul(scale, matMul(queries, head(support))), truth),
    )(inputs),
  )
  await value.data()
  for (const x of [value, ...Object.values(gradient)]) x.dispose()
}

/** Milliseconds of the processor a call. */
async function measured(head, milliseconds = 500) {
  const begin = process.cpuUsage()
  const spent = () => {
    const { user, system } = process.cpuUsage(begin)
    return (user + system) / 1000
  }
  let calls = 0
  // To ask for the time takes some, too.
  while (spent() < milliseconds) for (let i = 0; i < 10; i++, calls++) await call(head)
  return spent() / calls
}

for (const head of Object.values(heads)) for (let i = 0; i < 20; i++) await call(head)
console.log(JSON.stringify({ backend }))
for await (const _ of createInterface({ input: process.stdin })) {
  const times = {}
  for (const [name, head] of Object.entries(heads)) times[name] = await measured(head)
  console.log(JSON.stringify(times))
}
