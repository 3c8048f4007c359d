import { conv4, disposeTask, metaTrain, sequential, sgd } from '@kshot/core'
import { maml } from '@kshot/maml'
import { operations, toyEpisodes, useSwiftShader, vmapSuite } from '@kshot/testkit'
import { vectorised, vmap } from '@kshot/vmap'
import { describe, expect, it } from 'vitest'
import { webgpu } from './index'

useSwiftShader()

const { available } = await webgpu().available()

// All of them pass; these are what MAML is made of, and what TensorFlow.js has for fewer axes only.
const some = [
  'conv2d same',
  'conv2d stride 2 same',
  'maxPool 2, odd rows and columns',
  'matMul abᵀ',
  'pad',
  'stridedSlice backwards',
  'tile',
  'gather along columns by a matrix',
]

describe.skipIf(!available)('all tasks at once on webgpu', () => {
  vmapSuite(
    vmap,
    webgpu(),
    operations.filter(([name]) => some.includes(name)),
  )

  it('MAML of second order has the losses of one task after the other', async () => {
    await webgpu().activate()
    const model = conv4({ filters: 4, blocks: 1 })
    const learner = maml({ model, head: 'fixed', ways: 3, innerRate: 0.4, steps: 1 })
    const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 2, size: 6 })
    const losses = async (executor = sequential()) => {
      const seen: number[] = []
      const onStep = ({ loss }: { readonly loss: number }) => void seen.push(loss)
      const optimizer = sgd(0.1)
      const options = { learner, optimizer, tasks, steps: 3, metaBatch: 2, executor, onStep }
      const { meta, state } = await metaTrain(options)
      disposeTask([meta, state])
      return seen
    }
    const [one, all] = [await losses(), await losses(vectorised())]
    expect(one).toHaveLength(3)
    for (const [i, loss] of one.entries()) expect(Math.abs(all[i]! - loss)).toBeLessThan(1e-5)
  })
})
