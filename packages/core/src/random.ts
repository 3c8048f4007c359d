import type { Tensor } from '@tensorflow/tfjs-core'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/**
 * A seeded generator that splits: a child depends only on its parent's seed and its own label,
 * never on how many numbers were drawn before. So number i of a series needs none of the others.
 */
export interface Rng {
  /** Everything it was made from: {@link rngFromKey} rebuilds it, as before its first draw. */
  readonly key: RngKey
  /** A float in [0, 1). */
  uniform(): number
  /** An integer in [0, below). */
  integer(below: number): number
  /** A float from the standard normal distribution. */
  normal(): number
  /** The integers 0 … n - 1 in random order. */
  permutation(n: number): number[]
  /** `k` distinct integers of 0 … n - 1, in random order. */
  sample(n: number, k: number): number[]
  /** An independent generator named by `label`. */
  split(label: string | number): Rng
  /** Only for a generator that stands for those of many tasks; see `drawTensor`. */
  drawTensor?(
    shape: readonly number[],
    dtype: 'float32' | 'int32',
    draw: (rng: Rng) => readonly number[],
  ): Tensor
}

/** 128 bits as four integers: JSON, so that a generator can be sent to another thread. */
export type RngKey = readonly [number, number, number, number]

/**
 * A generator from a seed; the same seed gives the same numbers in every process.
 * @example rng(1).split('episode').split(41).permutation(20)
 */
export function rng(seed: string | number): Rng {
  return rngFromKey(mix([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], `${seed}`))
}

/**
 * The generator with a key, as it was before its first draw.
 * @example rngFromKey(ctx.rng.key)
 */
export function rngFromKey(key: RngKey): Rng {
  // xoroshiro's one forbidden state is all zeros
  const state = key.some((word) => word !== 0) ? key : ([1, 2, 3, 4] as const)
  const generator = xoroshiro128plusFromState(state)
  const uniform = () => uniformFloat64(generator)
  const integer = (below: number) => uniformInt(generator, 0, below - 1)
  const sample = (n: number, k: number) => {
    const order = Array.from({ length: n }, (_, i) => i)
    for (let i = 0; i < k; i++) {
      const j = i + integer(n - i)
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    return order.slice(0, k)
  }
  return {
    key,
    uniform,
    integer,
    sample,
    permutation: (n) => sample(n, n),
    // Box–Muller; 1 - u keeps the logarithm finite
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    split: (label) => rngFromKey(mix(key, `${typeof label}:${label}`)),
  }
}

// Folds a label into a 128-bit key: four multiply-rotate lanes (as MurmurHash3's), mixed after each unit.
function mix(key: RngKey, label: string): RngKey {
  let [a, b, c, d] = key
  for (let i = 0; i <= label.length; i++) {
    const unit = i < label.length ? label.charCodeAt(i) : label.length ^ 0x5bd1e995
    a = scramble(a ^ unit, 0x85ebca6b) ^ b
    b = scramble(b ^ a, 0xc2b2ae35) ^ c
    c = scramble(c ^ b, 0x27d4eb2f) ^ d
    d = scramble(d ^ c, 0x165667b1) ^ a
  }
  a = scramble(a ^ d, 0x9e3779b1)
  b = scramble(b ^ a, 0x85ebca77)
  c = scramble(c ^ b, 0xc2b2ae3d)
  d = scramble(d ^ c, 0x27d4eb2f)
  return [a, b, c, d]
}

function scramble(word: number, multiplier: number): number {
  const product = Math.imul(word ^ (word >>> 15), multiplier | 1)
  return ((product << 13) | (product >>> 19)) ^ (product >>> 16)
}
