import { type EncoderCard, options } from '@kshot/core/card'

const textEncoder: EncoderCard = {
  role: 'encoder',
  factory: { package: '@kshot/text-encoder', export: 'textEncoder' },
  name: 'text-encoder',
  sentence:
    'turns English sentences into 512 numbers: Universal Sentence Encoder lite (Cer et al. 2018)',
  takes: 'texts',
  options: options({}),
}

const staticTextEncoder: EncoderCard = {
  role: 'encoder',
  factory: { package: '@kshot/text-encoder', export: 'staticTextEncoder' },
  name: 'text-encoder-small',
  sentence:
    'turns English sentences into 256 numbers, the mean of a vector per word; 100 times as fast',
  takes: 'texts',
  options: options({}),
}

export const cards: readonly EncoderCard[] = [textEncoder, staticTextEncoder]
