import { wasm } from '@kshot/backend-wasm'
import { disposeTask, fromSpec, type MetaLearner, rng, useBackend } from '@kshot/core'
import { registry } from '../../src/catalogue/registry'
import { everyLearner } from '../../test/every-learner.mjs'
import { type Attack, REFUSED } from '../attack'
import { places, withValue } from '../hostile-json'
import { tally } from '../tally'

const HUGE = [1e6, 1e9, 1e15, Number.MAX_SAFE_INTEGER, 1e308, 8192]

/** Each number among the options of every learner, its net and its optimizers, far too large. */
export const attack: Attack = {
  name: 'huge options',
  promise:
    'a number of layers, units or steps that no machine has room for is refused before it costs anything',
  attempts: { full: 5_000, short: 60 },
  bound: REFUSED,
  async run(n) {
    await useBackend(wasm())
    const count = tally(this.bound)
    const all = Object.entries(everyLearner).flatMap(([name, { spec }]) =>
      numbersIn(spec).flatMap((path) => HUGE.map((value) => ({ name, spec, path, value }))),
    )
    // Some of each learner where there is no time for all.
    const every = Math.max(1, Math.floor(all.length / n))
    for (const [i, { name, spec, path, value }] of all.entries()) {
      if (i % every !== 0) continue
      const changed = withValue(spec, path, value)
      await count.attempt(`${name}, ${path.slice(1).join('.')} ${value}`, () => begun(changed))
    }
    return count.outcome()
  },
}

function numbersIn(spec: unknown): (readonly string[])[] {
  const at = (path: readonly string[]) =>
    path.reduce((value, key) => (value as { [key: string]: unknown })[key], spec)
  return places(spec).filter((path) => typeof at(path) === 'number')
}

/** As far as a run comes before it trains. */
async function begun(spec: unknown): Promise<void> {
  const learner = await fromSpec<MetaLearner>(spec, 'learner', registry)
  disposeTask(learner.init(rng(1), { inputShape: [28, 28, 1], ways: 5 }))
}
