import { cards as baseline } from '@kshot/baseline/card'
import {
  type AnyCard,
  cards as core,
  type DatasetCard,
  type EncoderCard,
  type LearnerCard,
} from '@kshot/core/card'
import { cards as emoji } from '@kshot/emoji/card'
import { cards as episodes } from '@kshot/episodes/card'
import { cards as glyphs } from '@kshot/glyphs/card'
import { cards as imageEncoder } from '@kshot/image-encoder/card'
import { cards as intents } from '@kshot/intents/card'
import { cards as learnedOptimizer } from '@kshot/learned-optimizer/card'
import { cards as maml } from '@kshot/maml/card'
import { cards as matching } from '@kshot/matching/card'
import { cards as metaopt } from '@kshot/metaopt/card'
import { cards as omniglot } from '@kshot/omniglot/card'
import { cards as protonet } from '@kshot/protonet/card'
import { cards as regression } from '@kshot/regression/card'
import { cards as relation } from '@kshot/relation/card'
import { cards as siamese } from '@kshot/siamese/card'
import { cards as textEncoder } from '@kshot/text-encoder/card'

/** Everything that has a card; a new package of learners or data sets joins here, and nowhere else. */
const all: readonly AnyCard[] = [
  ...core,
  ...protonet,
  ...matching,
  ...siamese,
  ...relation,
  ...maml,
  ...metaopt,
  ...learnedOptimizer,
  ...baseline,
  ...regression,
  ...imageEncoder,
  ...textEncoder,
  ...glyphs,
  ...emoji,
  ...intents,
  ...omniglot,
  ...episodes,
]

/** What specs can name. No spec in a file opens a data set. */
export const cards = all.filter((card) => card.role !== 'dataset')

export const datasetCards = all.filter((card): card is DatasetCard => card.role === 'dataset')

export const learnerCards = cards.filter((card): card is LearnerCard => card.role === 'learner')

/** Encoders that a configuration names in one word. */
export const encoderCards = cards.filter((card): card is EncoderCard => 'takes' in card)
