import { KshotError } from '../errors'

/** What a class is called. Numbers come back as numbers; one classifier has labels of one kind. */
export type Label = string | number

/**
 * Checks a label, also against those that are there.
 * @throws `core/bad-label`, `core/mixed-labels`
 */
export function checkLabel(label: unknown, known: Iterable<Label>): asserts label is Label {
  if (!isLabel(label)) throw badLabel(label)
  for (const other of known) {
    if (typeof other !== typeof label) throw mixedLabels(label, other)
    return
  }
}

export function isLabel(label: unknown): label is Label {
  return typeof label === 'string' || (typeof label === 'number' && Number.isFinite(label))
}

/** `'mug'`, or `3`: as one would write it in code, cut to a length that fits a message. */
export function labelText(label: unknown): string {
  const text = typeof label === 'string' ? `'${label}'` : String(label)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function badLabel(label: unknown): KshotError {
  return new KshotError('core/bad-label', {
    got: `the label ${labelText(label)} (${typeof label})`,
    expected: 'a string or a finite number',
    remedy: 'Use the name of the class, or its number',
  })
}

function mixedLabels(label: Label, other: Label): KshotError {
  return new KshotError('core/mixed-labels', {
    got: `the label ${labelText(label)}, a ${typeof label}, alongside ${labelText(other)}, a ${typeof other}`,
    expected: `labels of one kind: ${typeof other}s`,
    remedy: `Pass ${typeof other === 'string' ? 'String(label)' : 'Number(label)'}, or use names throughout`,
  })
}
