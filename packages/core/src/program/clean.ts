import {
  type Decision,
  listedUses,
  mapUses,
  type Recording,
  type Step,
  type Use,
  type Uses,
  type ValueId,
} from './recording'

/** Each call of these gives other numbers. */
export const CHANCE = new Set([
  'Multinomial',
  'RandomUniform',
  'RandomNormal',
  'TruncatedNormal',
  'Dropout',
])

/** A recording without what nothing needs, and without what is computed twice. */
export function clean<Context>(recording: Recording<Context>): Recording<Context> {
  return withoutDead(withoutRepeated(recording))
}

function withoutRepeated<Context>(recording: Recording<Context>): Recording<Context> {
  const same = new Map<ValueId, ValueId>()
  const first = new Map<string, Step>()
  const renamed = (use: Use): Use => ({ ...use, value: same.get(use.value) ?? use.value })
  const steps: Step[] = []
  for (const one of recording.steps) {
    const step = { ...one, inputs: mapUses(one.inputs, renamed) as Uses }
    const key = CHANCE.has(step.kernel) ? undefined : keyOf(step)
    const earlier = key === undefined ? undefined : first.get(key)
    if (earlier) {
      step.outputs.forEach(({ value }, i) => {
        same.set(value, earlier.outputs[i]!.value)
      })
      continue
    }
    if (key !== undefined) first.set(key, step)
    steps.push(step)
  }
  return { ...recording, steps, outputs: recording.outputs.map(renamed) }
}

function keyOf({ kernel, attrs, inputs }: Step): string {
  return `${kernel} ${JSON.stringify(attrs)} ${JSON.stringify(inputs)}`
}

function withoutDead<Context>(recording: Recording<Context>): Recording<Context> {
  const needed = new Set(recording.outputs.map(({ value }) => value))
  const steps: Step[] = []
  for (const step of recording.steps.toReversed()) {
    if (!step.outputs.some(({ value }) => needed.has(value))) continue
    for (const { value } of listedUses(step.inputs)) needed.add(value)
    steps.push(step)
  }
  const constants = [...recording.constants].filter(([value]) => needed.has(value))
  return { ...recording, steps: steps.reverse(), constants: new Map(constants) }
}

/** Whether two recordings of the same function differ in nothing but their inputs; or in what they do. */
export function difference<Context>(
  a: Recording<Context>,
  b: Recording<Context>,
): string | undefined {
  if (!sameTexts(a.signature, b.signature)) return 'its operations differ from call to call'
  if (!sameTexts(a.decisions.map(wasOf), b.decisions.map(wasOf))) return 'it decides differently'
  for (const [value, { info, written, variable, folded }] of a.constants) {
    const other = b.constants.get(value)
    if (!other) return 'its constants differ from call to call'
    // What is made of constants alone is told by these, and by the signature.
    if (variable || folded || info.dataId === other.info.dataId) continue
    if (written && other.written && sameTexts(written, other.written)) continue
    return 'it uses numbers that differ from call to call'
  }
  return undefined
}

const wasOf = ({ was }: Decision<never>) => was

function sameTexts(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  return a.length === b.length && Array.from(a).every((one, i) => Object.is(one, b[i]))
}
