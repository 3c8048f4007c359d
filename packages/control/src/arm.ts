import { clip, type Environment } from './environment'

/** An arm in the plane, and what it is to reach. */
export interface Arm {
  /** Lengths of the links, which the policy is not told. */
  readonly links: readonly [number, number]
  readonly target: readonly [x: number, y: number]
}

const LARGEST_TURN = 0.2

/**
 * A planar arm of two links of unknown lengths (0.3 to 0.7) that reaches for a target it sees:
 * the tip is at l₁ (cos q₁, sin q₁) + l₂ (cos(q₁ + q₂), sin(q₁ + q₂)). Actions turn the joints by up to 0.2
 * radians; reward −distance, 50 steps.
 */
export function arm(): Environment<Arm> {
  return {
    name: 'two-link arm',
    observations: 6,
    actions: 2,
    horizon: 50,
    task(rng) {
      const links = [0.3 + 0.4 * rng.uniform(), 0.3 + 0.4 * rng.uniform()] as const
      const angle = 2 * Math.PI * rng.uniform()
      const reach = 0.3 + 0.3 * rng.uniform()
      return { links, target: [reach * Math.cos(angle), reach * Math.sin(angle)] }
    },
    reset: () => [0, Math.PI / 2],
    observe: ({ target }, [a, b]) => [
      Math.cos(a!),
      Math.sin(a!),
      Math.cos(b!),
      Math.sin(b!),
      ...target,
    ],
    step({ links, target }, [a, b], action) {
      const state = [a! + clip(action[0]!, LARGEST_TURN), b! + clip(action[1]!, LARGEST_TURN)]
      const [x, y] = tip(links, state)
      return { state, reward: -Math.hypot(x - target[0], y - target[1]), done: false }
    },
  }
}

/** Where the tip of an arm is. */
export function tip(
  [first, second]: Arm['links'],
  [a, b]: readonly number[],
): readonly [x: number, y: number] {
  return [
    first * Math.cos(a!) + second * Math.cos(a! + b!),
    first * Math.sin(a!) + second * Math.sin(a! + b!),
  ]
}
