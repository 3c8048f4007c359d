import { amount, described, oneOf, options, seed, withDefault } from '@kshot/core/options'

/** Options of users' own data, whatever it is: how its classes come to the splits. */
export const ownOptions = {
  splits: described(
    'Shares of the classes that are assigned to each split.',
    options({ train: amount, validation: amount, test: amount }, 'train', 'validation', 'test'),
  ),
  seed: described('Assigns the classes to the splits.', withDefault(0, seed)),
  spelling: described(
    '`exact`: names that differ only in case or spaces are different classes.',
    oneOf('strict', 'exact'),
  ),
}
