import { cards as maml } from '@kshot/maml/card'
import { cards as matching } from '@kshot/matching/card'
import { cards as protonet } from '@kshot/protonet/card'
import { cards as relation } from '@kshot/relation/card'
import { cards as siamese } from '@kshot/siamese/card'
import { parsePublished } from './published'

/** The numbers that the tests compare with. */
export const numbers = parsePublished({
  description: 'the cards of learners',
  entries: [protonet, matching, siamese, relation, maml]
    .flat()
    .flatMap((card) => ('published' in card ? card.published : [])),
})
