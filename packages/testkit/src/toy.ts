import { type Episode, rng, type TaskSource } from '@kshot/core'
import { tensor, tensor1d } from '@tensorflow/tfjs-core'

export interface ToyOptions {
  readonly ways: number
  readonly shots: number
  readonly queries: number
  /** Examples of class 0 in the support set, where the shots are uneven. */
  readonly shotsOfFirst?: number
  readonly size?: number
  readonly noise?: number
  readonly seed?: number
}

/**
 * Episodes of noisy images around random class pictures, `[size, size, 1]`. A picture is a coarse
 * pattern that is half as fine as the image, so a net that learns to smooth the noise away gets better.
 */
export function toyEpisodes(options: ToyOptions): TaskSource {
  const { ways, shots, queries, size = 8, noise = 0.35, seed = 0 } = options
  const source = (index: number): Episode => {
    const random = rng(seed).split(index)
    const pictures = Array.from({ length: ways }, () => coarse(size))
    const support = labels((label) => (label === 0 ? (options.shotsOfFirst ?? shots) : shots))
    return {
      support: batch(support),
      query: batch(labels(() => queries)),
      id: { source: 'toy', index },
    }

    function coarse(side: number): number[] {
      const half = side / 2
      const cells = Array.from({ length: half * half }, () => 2 * random.integer(2) - 1)
      return Array.from({ length: side * side }, (_, i) => {
        const [row, column] = [Math.floor(i / side), i % side]
        return cells[Math.floor(row / 2) * half + Math.floor(column / 2)]!
      })
    }

    function batch(y: number[]) {
      const x = y.flatMap((label) => pictures[label]!.map((v) => v + noise * random.normal()))
      return {
        x: tensor(x, [y.length, size, size, 1], 'float32'),
        y: tensor1d(y, 'int32'),
        ways,
      }
    }
  }
  const labels = (count: (label: number) => number) =>
    Array.from({ length: ways }, (_, label) => Array<number>(count(label)).fill(label)).flat()
  return Object.assign(source, {
    spec: { package: '@kshot/testkit', export: 'toyEpisodes', options: { ...options } },
    taskSpec: { inputShape: [size, size, 1], ways },
  })
}
