// The encoder, and a classifier on its embeddings, on the backends that may be missing.
import { node } from '@kshot/backend-node'
import { webgpu } from '@kshot/backend-webgpu'
import {
  type Backend,
  centroidHead,
  createClassifier,
  customEncoder,
  neighboursHead,
} from '@kshot/core'
import { activate, leaked, useSwiftShader } from '@kshot/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { textEncoder } from '.'
import { type Embedding, reference } from './testing'

const known = reference<Embedding[]>('embeddings')
const heads = { centroid: centroidHead, neighbours: neighboursHead }

/** The lowest cosine of embeddings to those of the published graph. */
async function leastCosine(some: readonly Embedding[]): Promise<number> {
  const encoder = textEncoder()
  const rows = await encoder.encode(some.map(([text]) => text))
  const got = await rows.array()
  rows.dispose()
  encoder.dispose()
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, k) => sum + value * b[k]!, 0)
  return Math.min(
    ...got.map((row, i) => {
      const wanted = some[i]![1]
      return dot(row, wanted) / Math.sqrt(dot(row, row) * dot(wanted, wanted))
    }),
  )
}

/**
 * What a classifier answers about known embeddings, and how sure it is of each label: three classes of two
 * embeddings and a third, between which nine others are told apart.
 */
async function answers(head: keyof typeof heads) {
  const encoder = customEncoder({
    name: 'known',
    dimensions: 512,
    encode: (rows: readonly number[][]) => rows,
  })
  const classifier = await createClassifier({ encoder, head: heads[head]() })
  const row = (i: number) => known[i]![1]
  for (const k of [0, 1, 2]) {
    const middle = row(2 * k).map((value, j) => value + 0.5 * row(2 * k + 1)[j]!)
    await classifier.addExamples(`class ${k}`, [row(2 * k), row(2 * k + 1), middle])
  }
  const told = await classifier.predictMany(Array.from({ length: 9 }, (_, i) => row(i)))
  classifier.dispose()
  return {
    labels: told.map(({ label }) => label),
    confidences: told.map(({ ranking }) => ranking.map(({ confidence }) => confidence)),
  }
}

describe('beside wasm', () => {
  useSwiftShader()
  const onWasm: { [head: string]: Awaited<ReturnType<typeof answers>> } = {}
  beforeAll(async () => {
    await activate('wasm')
    for (const head of ['centroid', 'neighbours'] as const) onWasm[head] = await answers(head)
    const known = onWasm.centroid!.labels.slice(0, 6)
    expect(known).toEqual([0, 0, 1, 1, 2, 2].map((k) => `class ${k}`))
  })

  it.for<[string, () => Backend | 'cpu', number]>([
    ['cpu', () => 'cpu', 3],
    ['node', node, known.length],
    ['webgpu', webgpu, 2],
  ])('%s has the same embeddings and answers', async ([, make, count], context) => {
    const backend = make()
    const found = typeof backend === 'string' ? undefined : await backend.available()
    if (found?.available === false) return context.skip(found.reason)
    await activate(backend)
    expect(await leastCosine(known.slice(0, count))).toBeGreaterThan(0.9999)
    for (const head of ['centroid', 'neighbours'] as const) {
      const { labels, confidences } = await answers(head)
      expect(labels).toEqual(onWasm[head]!.labels)
      for (const [i, row] of confidences.entries()) {
        expect(row).toEqual(onWasm[head]!.confidences[i]!.map((value) => expect.closeTo(value, 3)))
      }
    }
    expect(await leaked(() => answers('centroid'))).toBe(0)
  })
})
