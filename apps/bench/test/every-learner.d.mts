import type { MetaLearner } from '@kshot/core'

/** Each trains on the tasks that its `trainsOn` names. */
export declare const everyLearner: { readonly [name: string]: MetaLearner<never> }
