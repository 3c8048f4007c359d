import { type EncoderCard, options } from '@kshot/core/card'

const imageEncoder: EncoderCard = {
  role: 'encoder',
  factory: { package: '@kshot/image-encoder', export: 'imageEncoder' },
  name: 'image-encoder',
  sentence:
    'turns pictures into 1,280 numbers: EfficientNet-Lite0, trained on ImageNet (Tan & Le 2019)',
  takes: 'pictures',
  inNode: '@kshot/image-encoder/node',
  options: options({}),
}

export const cards: readonly EncoderCard[] = [imageEncoder]
