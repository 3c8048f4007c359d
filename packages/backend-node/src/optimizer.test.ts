import { adam, type Params, tree } from '@kshot/core'
import { activate, leaked, relativeError } from '@kshot/testkit'
import { randomNormal } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { node } from './index'

const { available } = await node().available()

/** The updates of three steps. */
function updates(): number[][] {
  return (
    tree.tidy(() => {
      const params = {
        w: randomNormal([70000], 0, 1, 'float32', 1),
        b: randomNormal([3, 5], 0, 1, 'float32', 2),
      }
      const optimizer = adam(1e-2)
      const made: Params[] = []
      let state = optimizer.init(params)
      for (let step = 0; step < 3; step++) {
        const gradients = {
          w: randomNormal([70000], 0, 1, 'float32', 10 + step),
          b: randomNormal([3, 5], 0, 1, 'float32', 20 + step),
        }
        const next = optimizer.update(gradients, state, { step })
        made.push(next.updates)
        state = next.state
      }
      return made
    }) as Params[]
  ).map((update) => {
    const values = tree.leaves(update).flatMap((x) => [...x.dataSync()])
    tree.dispose(update)
    return values
  })
}

describe.skipIf(!available)('Adam on libtensorflow (needs the native library)', () => {
  it('moves parameters as on the cpu backend, and frees the rest', async () => {
    await activate('cpu')
    const expected = updates()
    await activate(node())
    let actual: number[][] = []
    expect(
      await leaked(() => {
        actual = updates()
      }),
    ).toBe(0)
    actual.forEach((values, i) => {
      expect(relativeError(values, expected[i]!)).toBeLessThan(1e-5)
    })
  })
})
