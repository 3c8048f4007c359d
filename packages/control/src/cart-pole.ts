// Barto, Sutton & Anderson 1983, Neuronlike adaptive elements, appendix; here with a continuous force.
import { clip, type Environment } from './environment'

/** A pole of unknown mass (kg) and half length (m). */
export interface Pole {
  readonly mass: number
  readonly length: number
}

const CART = 1
const GRAVITY = 9.8
const FORCE = 10
const SECONDS = 0.02
const OFF_TRACK = 2.4
const FALLEN = 0.21

/**
 * A pole balanced on a cart, of a mass of 0.05 to 0.5 kg and a half length of 0.25 to 1 m that the policy is
 * not told. An action of ±1 is a force of ±10 N; reward 1 a step of 0.02 s until the pole falls or the cart
 * leaves the track, at most 200 steps.
 */
export function cartPole(): Environment<Pole> {
  return {
    name: 'cart-pole',
    observations: 4,
    actions: 1,
    horizon: 200,
    task: (rng) => ({ mass: 0.05 + 0.45 * rng.uniform(), length: 0.25 + 0.75 * rng.uniform() }),
    reset: (_, rng) => Array.from({ length: 4 }, () => 0.1 * rng.uniform() - 0.05),
    observe: (_, state) => state,
    step({ mass, length }, [x, speed, angle, turning], action) {
      const [sin, cos] = [Math.sin(angle!), Math.cos(angle!)]
      const total = CART + mass
      const push = (FORCE * clip(action[0]!, 1) + mass * length * turning! ** 2 * sin) / total
      const falling = (GRAVITY * sin - cos * push) / (length * (4 / 3 - (mass * cos ** 2) / total))
      const acceleration = push - (mass * length * falling * cos) / total
      const state = [
        x! + SECONDS * speed!,
        speed! + SECONDS * acceleration,
        angle! + SECONDS * turning!,
        turning! + SECONDS * falling,
      ]
      const done = Math.abs(state[0]!) > OFF_TRACK || Math.abs(state[2]!) > FALLEN
      return { state, reward: done ? 0 : 1, done }
    },
  }
}
