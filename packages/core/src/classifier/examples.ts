import { KshotError } from '../errors'
import { checkLabel, type Label, labelText } from './label'

/** Identifies one example of a classifier, as long as the classifier lives and in its saved bytes. */
export type ExampleId = number

/** An example as it is kept: encoded, with the picture that stands for it, if one was given. */
export interface Example {
  readonly id: ExampleId
  readonly values: Float32Array
  readonly thumbnail?: Uint8Array
}

/** Examples by label, in the order in which labels and examples came. */
export interface Examples {
  /** The shape of each example; undefined while there is none. */
  readonly shape: readonly number[] | undefined
  readonly byLabel: ReadonlyMap<Label, readonly Example[]>
}

export const noExamples: Examples = { shape: undefined, byLabel: new Map() }

/**
 * @throws `core/bad-label`, `core/mixed-labels`; `core/shape-mismatch` if the example has a different
 * shape from those before
 */
export function withExamples(
  examples: Examples,
  label: Label,
  shapes: readonly (readonly number[])[],
  added: readonly Example[],
): Examples {
  checkLabel(label, examples.byLabel.keys())
  const shape = examples.shape ?? shapes[0]
  for (const other of shapes) checkShape(other, shape)
  if (added.length === 0) return examples
  const byLabel = new Map(examples.byLabel)
  byLabel.set(label, [...(byLabel.get(label) ?? []), ...added])
  return { shape, byLabel }
}

/** @throws `core/unknown-label` */
export function withoutLabel({ shape, byLabel }: Examples, label: Label): Examples {
  ofLabel(byLabel, label)
  return ofShape(
    shape,
    [...byLabel].filter(([other]) => other !== label),
  )
}

/** @throws `core/unknown-example`. A label that loses its last example disappears. */
export function withoutExample({ shape, byLabel }: Examples, id: ExampleId): Examples {
  const left = [...byLabel].map(
    ([label, list]) => [label, list.filter((example) => example.id !== id)] as const,
  )
  if (left.every(([label, list]) => list.length === byLabel.get(label)!.length)) {
    throw unknownExample(id)
  }
  return ofShape(
    shape,
    left.filter(([, list]) => list.length > 0),
  )
}

/**
 * Another name for a label, in its place. Under a name that is taken, the examples of both are one class.
 * @throws `core/unknown-label`, `core/bad-label`, `core/mixed-labels`
 */
export function withLabelRenamed({ shape, byLabel }: Examples, from: Label, to: Label): Examples {
  const moved = ofLabel(byLabel, from)
  checkLabel(
    to,
    [...byLabel.keys()].filter((label) => label !== from),
  )
  const renamed = new Map<Label, readonly Example[]>()
  for (const [label, list] of byLabel) {
    const name = label === from ? to : label
    renamed.set(name, [...(renamed.get(name) ?? []), ...(label === from ? moved : list)])
  }
  return { shape, byLabel: renamed }
}

function ofLabel(byLabel: Examples['byLabel'], label: Label): readonly Example[] {
  const list = byLabel.get(label)
  if (!list) throw unknownLabel(label, [...byLabel.keys()])
  return list
}

function ofShape(
  shape: readonly number[] | undefined,
  entries: readonly (readonly [Label, readonly Example[]])[],
): Examples {
  return entries.length === 0 ? noExamples : { shape, byLabel: new Map(entries) }
}

/** @throws `core/shape-mismatch` */
export function checkShape(shape: readonly number[], known: readonly number[] | undefined): void {
  if (!known || shape.join() === known.join()) return
  throw new KshotError('core/shape-mismatch', {
    got: `an example of shape [${shape.join(', ')}]`,
    expected: `[${known.join(', ')}], as the first example had, or [1, ${known.join(', ')}]`,
    remedy: 'Resize or reshape the example',
  })
}

function unknownLabel(label: Label, labels: readonly Label[]): KshotError {
  const some = labels.slice(0, 10).map(labelText).join(', ')
  const more = labels.length > 10 ? `, … (${labels.length} labels)` : ''
  return new KshotError('core/unknown-label', {
    got: `the label ${labelText(label)}`,
    expected: labels.length > 0 ? `one of ${some}${more}` : 'a classifier with examples',
    remedy: 'Look at classifier.labels',
  })
}

function unknownExample(id: unknown): KshotError {
  return new KshotError('core/unknown-example', {
    got: `the example ${String(id)}`,
    expected: 'the id of an example that the classifier has',
    remedy: 'Keep what addExample returns, or look at classifier.examples',
  })
}
