import type { CheckedExample, Label } from '@kshot/core'
import { type ClassifyJob, sizesOf, taught } from './classify'
import type { About } from './item-classifier'
import { type Item, readSupport, type Support } from './support'
import { wilson } from './wilson'

/** How well each example is told by all the others. */
export interface Checked extends About {
  /** How many examples each label was given. */
  readonly support: { readonly [label: string]: number }
  readonly notes: readonly string[]
  /** The share of examples that the others label right; null where each is alone in its class. */
  readonly accuracy: number | null
  /** 95 %, after Wilson. */
  readonly interval: readonly [low: number, high: number] | null
  /** Of how many examples: those that are not alone in their class. */
  readonly examples: number
  readonly right: number
  readonly classes: readonly CheckedClass[]
  /** Labels that are taken for others, the most frequent first. */
  readonly confused: readonly Confused[]
  /** Examples that the others are sure to be of another class: perhaps mislabelled. */
  readonly suspects: readonly Suspect[]
  /** Labels of a single example, of which nothing can be said. */
  readonly alone: readonly string[]
}

export interface CheckedClass {
  readonly label: string
  readonly examples: number
  readonly right: number
}

export interface Confused {
  readonly label: string
  readonly takenFor: string
  readonly examples: readonly string[]
}

export interface Suspect {
  readonly example: string
  readonly label: string
  readonly predicted: string
  /** How sure the others are of the label that it has, 0 … 1. */
  readonly confidence: number
}

/** What a page shows beside it. */
export interface CheckedItems {
  readonly checked: Checked
  readonly kind: Support['kind']
  readonly columns: readonly string[]
  /** By the name of an example. */
  readonly items: ReadonlyMap<string, Item>
  /** Names of examples that the others label otherwise. */
  readonly wrong: ReadonlySet<string>
  readonly byClass: ReadonlyMap<string, readonly Item[]>
}

/**
 * Leaves out one example after the other, and asks the others for its label.
 * @throws as `classify`
 */
export async function check(job: ClassifyJob): Promise<CheckedItems> {
  const support = await readSupport(job.support, job.label)
  const { classifier, items } = await taught(job, support)
  try {
    const { examples, suspects, alone } = await classifier.check()
    const withName = (one: CheckedExample) => ({ ...one, name: items.get(one.id)!.name })
    const told = examples.map(withName)
    const wrong = told.filter(({ label, predicted }) => label !== predicted)
    const right = told.length - wrong.length
    const checked: Checked = {
      ...classifier.about,
      support: sizesOf(support),
      notes: support.notes,
      accuracy: told.length === 0 ? null : right / told.length,
      interval: told.length === 0 ? null : wilson(right, told.length),
      examples: told.length,
      right,
      classes: support.classes.map(({ label }) => classOf(label, told)),
      confused: confusedOf(wrong),
      suspects: suspects.map(withName).map(suspectOf),
      alone: alone.map(String),
    }
    return {
      checked,
      kind: support.kind,
      columns: support.table?.names ?? [],
      items: new Map([...items.values()].map((item) => [item.name, item])),
      wrong: new Set(wrong.map(({ name }) => name)),
      byClass: new Map(support.classes.map(({ label, items: own }) => [label, own])),
    }
  } finally {
    classifier.dispose()
  }
}

interface Told {
  readonly name: string
  readonly label: Label
  readonly predicted: Label
}

function classOf(label: string, told: readonly Told[]): CheckedClass {
  const own = told.filter((one) => one.label === label)
  const right = own.filter(({ predicted }) => predicted === label)
  return { label, examples: own.length, right: right.length }
}

function confusedOf(wrong: readonly Told[]): Confused[] {
  const pairs = new Map<string, Confused & { examples: string[] }>()
  for (const { name, label, predicted } of wrong) {
    const key = JSON.stringify([label, predicted])
    const known = pairs.get(key)
    if (known) known.examples.push(name)
    else pairs.set(key, { label: String(label), takenFor: String(predicted), examples: [name] })
  }
  return [...pairs.values()].sort((a, b) => b.examples.length - a.examples.length)
}

function suspectOf({ name, label, predicted, confidence }: CheckedExample & Told): Suspect {
  return { example: name, label: String(label), predicted: String(predicted), confidence }
}
