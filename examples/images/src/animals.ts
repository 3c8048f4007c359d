// Dogs and birds from five pictures each, beside the cats that an app knows already.
import { createClassifier, type Encoder, rng } from '@kshot/core'
import type { EmojiSplit } from '@kshot/emoji'
import { type Tensor, tensor3d } from '@tensorflow/tfjs-core'

const KINDS: { readonly [label: string]: readonly string[] } = {
  cat: ['cat', 'grinning-cat', 'smiling-cat-with-heart-eyes', 'pouting-cat', 'crying-cat'],
  dog: ['dog', 'dog-face', 'poodle'],
  bird: ['bird', 'eagle', 'duck', 'owl', 'dove', 'rooster', 'turkey', 'chicken', 'penguin'],
}
/** What belongs to none of them. */
const STRANGERS = 'Food & Drink'

type Place = readonly [classIndex: number, example: number]

export interface Animals {
  /** Of animals that were not among the examples: the share that is named right. */
  readonly right: number
  /** Of food: the share that is turned away. */
  readonly turnedAway: number
}

/** Learns each kind from five pictures by any artist, and is asked about all the others. */
export async function animals(
  data: EmojiSplit,
  encoder: Encoder<Tensor>,
  shots: number,
  strangers: number,
  seed: number,
): Promise<Animals> {
  const classifier = await createClassifier({ encoder })
  const questions: { readonly label: string; readonly place: Place }[] = []
  for (const [label, names] of Object.entries(KINDS)) {
    const places = placesOf(data, names)
    const order = rng(seed).split(label).permutation(places.length)
    const examples = order.slice(0, shots).map((i) => picture(data, places[i]!))
    await classifier.addExamples(label, examples)
    for (const example of examples) example.dispose()
    questions.push(...order.slice(shots).map((i) => ({ label, place: places[i]! })))
  }
  const answers = await asked(questions.map(({ place }) => place))
  const food = data.classes.flatMap(({ group }, c) => (group === STRANGERS ? [c] : []))
  const chosen = rng(seed).split('strangers').sample(food.length, strangers)
  const nothing = await asked(chosen.map((i) => [food[i]!, 0] as const))
  return {
    right: answers.filter((label, i) => label === questions[i]!.label).length / answers.length,
    turnedAway: nothing.filter((label) => label === null).length / nothing.length,
  }

  async function asked(places: readonly Place[]) {
    const inputs = places.map((place) => picture(data, place))
    const predictions = await classifier.predictMany(inputs)
    for (const input of inputs) input.dispose()
    return predictions.map(({ label }) => label)
  }
}

function placesOf(data: EmojiSplit, names: readonly string[]): Place[] {
  return data.classes.flatMap(({ id, size }, c) =>
    names.includes(id.split('/')[1]!)
      ? Array.from({ length: size }, (_, i) => [c, i] as const)
      : [],
  )
}

function picture(data: EmojiSplit, [classIndex, example]: Place): Tensor {
  const pixels = new Float32Array(64 * 64 * 3)
  data.read(classIndex, example, pixels, 0)
  return tensor3d(pixels, [64, 64, 3])
}
