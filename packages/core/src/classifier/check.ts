import type { ExampleId, Examples } from './examples'
import type { Calibration, HeldOut } from './head'
import type { Label } from './label'
import { predictionOf } from './prediction'

/** What the other examples say about one example. */
export interface CheckedExample {
  readonly id: ExampleId
  readonly label: Label
  /** The likeliest label according to the others. */
  readonly predicted: Label
  /** How sure they are of its label, 0 … 1. */
  readonly confidence: number
}

export interface Check {
  /** The fraction of examples that the others label correctly; NaN if each is alone in its class. */
  readonly accuracy: number
  /** All examples that are not alone in their class, least plausible first. */
  readonly examples: readonly CheckedExample[]
  /** Examples that the others confidently assign to a different class; they may be mislabelled. */
  readonly suspects: readonly CheckedExample[]
  /** Labels with a single example, about which nothing can be said. */
  readonly alone: readonly Label[]
}

/** An example is a suspect if the confidence in its own label is lower than this. */
const SUSPICIOUS = 0.1

export function checkOf(
  { byLabel }: Examples,
  { places, scores, calibration }: HeldOut & { readonly calibration: Calibration },
): Check {
  const labels = [...byLabel.keys()]
  const lists = [...byLabel.values()]
  const uniform = labels.map(() => 1)
  const examples = places
    .flatMap(({ classIndex, index }, i): CheckedExample[] => {
      if (lists[classIndex]!.length < 2) return []
      const row = Array.from(labels, (_, k) => scores[i * labels.length + k]!)
      const { ranking } = predictionOf(row, labels, Number.POSITIVE_INFINITY, calibration, uniform)
      const label = labels[classIndex]!
      const own = ranking.find((ranked) => ranked.label === label)!
      return [
        {
          id: lists[classIndex]![index]!.id,
          label,
          predicted: ranking[0]!.label,
          confidence: own.confidence,
        },
      ]
    })
    .sort((a, b) => a.confidence - b.confidence)
  const right = examples.filter(({ label, predicted }) => label === predicted)
  return {
    accuracy: right.length / examples.length,
    examples,
    suspects: examples.filter((one) => one.predicted !== one.label && one.confidence < SUSPICIOUS),
    alone: labels.filter((_, k) => lists[k]!.length < 2),
  }
}
