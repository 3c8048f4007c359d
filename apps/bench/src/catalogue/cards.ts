import { cards as baseline } from '@kshot/baseline/card'
import { type AnyCard, cards as core, type EncoderCard, type LearnerCard } from '@kshot/core/card'
import { cards as imageEncoder } from '@kshot/image-encoder/card'
import { cards as learnedOptimizer } from '@kshot/learned-optimizer/card'
import { cards as maml } from '@kshot/maml/card'
import { cards as matching } from '@kshot/matching/card'
import { cards as metaopt } from '@kshot/metaopt/card'
import { cards as protonet } from '@kshot/protonet/card'
import { cards as relation } from '@kshot/relation/card'
import { cards as siamese } from '@kshot/siamese/card'
import { cards as textEncoder } from '@kshot/text-encoder/card'

/** Everything that a configuration can name; a new package of learners joins here, and nowhere else. */
export const cards: readonly AnyCard[] = [
  ...core,
  ...protonet,
  ...matching,
  ...siamese,
  ...relation,
  ...maml,
  ...metaopt,
  ...learnedOptimizer,
  ...baseline,
  ...imageEncoder,
  ...textEncoder,
]

export const learnerCards = cards.filter((card): card is LearnerCard => card.role === 'learner')

/** Encoders that a configuration names in one word. */
export const encoderCards = cards.filter((card): card is EncoderCard => 'takes' in card)
