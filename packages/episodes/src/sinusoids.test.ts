import '@tensorflow/tfjs-backend-cpu'
import { disposeTask } from '@kshot/core'
import { leaked } from '@kshot/testkit'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { sinusoids } from './sinusoids'
import { expectError } from './testing'

beforeAll(() => setBackend('cpu'))

async function points(index: number, queries = 5, options = {}) {
  const episode = await sinusoids({ shots: 10, queries, seed: 1, ...options })(index)
  const [x, y, queryX] = [episode.support.x, episode.support.y, episode.query.x].map((t) => [
    ...t.dataSync(),
  ])
  disposeTask(episode)
  return { x: x!, y: y!, queryX: queryX! }
}

describe('sinusoids', () => {
  it('lie on one sine, of an amplitude and phase of their own', async () => {
    for (let index = 0; index < 20; index++) {
      const { x, y } = await points(index)
      // least squares for y = p sin x + q cos x
      const sums = { ss: 0, sc: 0, cc: 0, sy: 0, cy: 0 }
      for (const [i, v] of x.entries()) {
        const [s, c] = [Math.sin(v), Math.cos(v)]
        sums.ss += s * s
        sums.sc += s * c
        sums.cc += c * c
        sums.sy += s * y[i]!
        sums.cy += c * y[i]!
      }
      const determinant = sums.ss * sums.cc - sums.sc ** 2
      const p = (sums.sy * sums.cc - sums.cy * sums.sc) / determinant
      const q = (sums.cy * sums.ss - sums.sy * sums.sc) / determinant
      const residues = x.map((v, i) => Math.abs(p * Math.sin(v) + q * Math.cos(v) - y[i]!))
      expect(Math.max(...residues)).toBeLessThan(1e-4)
      expect(Math.hypot(p, q)).toBeGreaterThan(0.09)
      expect(Math.hypot(p, q)).toBeLessThan(5.01)
      // a sin(x − φ) with φ in 0 … π has a cosine part that is not positive
      expect(q).toBeLessThan(1e-3)
      expect(x.every((v) => Math.abs(v) <= 5)).toBe(true)
    }
  })

  it('are a function of seed and index, the support whatever the queries', async () => {
    expect(await points(3)).toEqual(await points(3))
    expect((await points(3, 50)).x).toEqual((await points(3, 5)).x)
    expect((await points(4)).y).not.toEqual((await points(3)).y)
    expect((await points(3, 5, { seed: 2 })).y).not.toEqual((await points(3)).y)
  })

  it('leave no tensor behind', async () => {
    const source = sinusoids({ shots: 5, queries: 5, seed: 1 })
    expect(source.taskSpec).toEqual({ inputShape: [1], outputShape: [1] })
    expect(await leaked(async () => disposeTask(await source(0)))).toBe(0)
  })

  it('refuse options that make no sense', async () => {
    const draw = (change: object) => () => sinusoids({ shots: 5, queries: 5, seed: 1, ...change })
    await expectError(draw({ shots: 0 }), 'episodes/bad-option', 'shots')
    await expectError(draw({ queries: Number.NaN }), 'episodes/bad-option', 'queries')
    await expectError(draw({ amplitude: [5, 1] }), 'episodes/bad-option', 'amplitude')
    await expectError(draw({ range: [0, Number.NaN] }), 'episodes/bad-option', 'range')
  })
})
