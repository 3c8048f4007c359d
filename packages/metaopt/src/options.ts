import { normalisation, options, rate, role, type Schema } from '@kshot/core/options'

/** What every head takes, and what one takes besides. */
const withCommon = (own: { readonly [option: string]: Schema }) =>
  options(
    { backbone: role('model'), ...own, scale: rate, normalisation: normalisation() },
    'backbone',
  )

/** What the options of each factory may be; the cards show it, the factories check by it. */
export const ridgeOptions = withCommon({ lambda: rate })
export const logisticOptions = withCommon({ lambda: rate })
export const svmOptions = withCommon({ c: rate, ridge: rate })
