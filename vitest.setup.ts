import fc from 'fast-check'

// The same properties on the same inputs in each run; `FAST_CHECK_SEED=random` looks for new ones.
const { FAST_CHECK_SEED = '20261124' } = process.env
if (FAST_CHECK_SEED !== 'random') fc.configureGlobal({ seed: Number(FAST_CHECK_SEED) })
