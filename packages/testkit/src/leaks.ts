import { memory } from '@tensorflow/tfjs-core'

/** How many tensors `f` leaves behind. */
export async function leaked(f: () => unknown | Promise<unknown>): Promise<number> {
  const before = memory().numTensors
  await f()
  return memory().numTensors - before
}
