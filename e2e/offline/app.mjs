// Sentences and photos, learned from a few examples each, without a network.
import { wasm } from '@kshot/backend-wasm'
import { createClassifier, useBackend } from '@kshot/core'
import { imageEncoder } from '@kshot/image-encoder/node'
import { ridgeHead } from '@kshot/metaopt'
import { staticTextEncoder, textEncoder } from '@kshot/text-encoder'
import sharp from 'sharp'

await useBackend(wasm())
const photos = process.argv[2]

async function texts(encoder, head) {
  const classifier = await createClassifier({ encoder, ...(head && { head }) })
  await classifier.addExamples('weather', ['will it rain tomorrow', 'how cold is it outside'])
  await classifier.addExamples('alarm', ['wake me up at six', 'set an alarm for noon'])
  const again = await createClassifier({ encoder, ...(head && { head }) })
  await again.load(await classifier.save())
  const told = await again.predictMany(['is it going to snow', 'wake me at seven tomorrow'])
  return told.map(({ ranking }) => ranking[0].label)
}

async function pictures() {
  const classifier = await createClassifier({ encoder: imageEncoder() })
  const names = ['cat', 'coffee', 'rocket']
  for (const name of names) {
    const file = `${photos}/${name}.png`
    await classifier.addExample(name, file)
    await classifier.addExample(name, sharp(file).rotate(8))
  }
  const turned = names.map((name) => sharp(`${photos}/${name}.png`).flop().blur(1))
  const noise = sharp({
    create: {
      width: 224,
      height: 224,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
  const told = await classifier.predictMany([...turned, noise.png()])
  return told.map(({ label }) => label)
}

console.log(
  JSON.stringify({
    node: process.versions.node,
    universal: await texts(textEncoder()),
    ridge: await texts(staticTextEncoder(), ridgeHead()),
    pictures: await pictures(),
  }),
)
