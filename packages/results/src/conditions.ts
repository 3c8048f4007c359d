import { type LearnerRows, netOfRow } from './by-learner'
import { stepsName, warmStartName } from './describe'
import type { DoneRow } from './row'

/** The conditions of a test in words; equal words mean equal conditions. */
const CONDITIONS: readonly ((row: DoneRow) => string)[] = [
  ({ labels: { transductive, queriesNormalisedTogether: together } }) =>
    transductive ? `transductive: ${together} queries judged together` : 'not transductive',
  ({ labels: { rotationsAtTest } }) =>
    rotationsAtTest ? 'rotations at test' : 'no rotations at test',
  ({ labels: { split } }) => `split ${split}`,
  ({ labels: { resize } }) => `resize ${resize}`,
  ({ labels: { withinAlphabet } }) => (withinAlphabet ? 'within alphabets' : 'across alphabets'),
  ({ labels: { trainingSplit } }) => `trained on ${trainingSplit}`,
  ({ train: { begunWith } }) =>
    begunWith ? `began with ${warmStartName(begunWith)}` : 'no checkpoint to begin with',
  stepsWords,
  ({ cell: { checkpointsOf } }) =>
    checkpointsOf ? `trained for ${checkpointsOf}` : 'no other setting trained for',
  netWords,
  trialsWords,
  augmentationWords,
]

function netWords(row: DoneRow): string {
  return `net ${netOfRow(row)}`
}

function stepsWords({ labels: { adaptationSteps: n } }: DoneRow): string {
  return n === 0 ? 'no steps at test' : `${stepsName(n)} at test`
}

function trialsWords({ labels: { tuningTrials: n } }: DoneRow): string {
  return n === 0 ? 'no trials counted' : `tuned: ${n} ${n === 1 ? 'trial' : 'trials'}`
}

/** A configuration in a file is anybody's: what is no number and no switch is left out. */
function augmentationWords({ config }: DoneRow): string {
  const { augment } = (config as { train?: { augment?: unknown } }).train ?? {}
  if (typeof augment !== 'object' || augment === null) return 'no augmentation'
  const words = Object.entries(augment).flatMap(([name, amount]) => {
    if (typeof amount === 'number') return amount === 0 ? [] : [`${name} ${amount}`]
    return amount === true ? [name] : []
  })
  return words.length === 0 ? 'no augmentation' : `augmented: ${words.sort().join(', ')}`
}

/** Its net, its steps and its trials in words, without the conditions that are named already. */
export function detailOf(row: DoneRow, differs: readonly string[]): string {
  const { adaptationSteps, tuningTrials } = row.labels
  const words = [
    !differs.includes(netWords(row)) && netOfRow(row),
    adaptationSteps > 0 && stepsWords(row),
    tuningTrials > 0 && trialsWords(row),
  ]
  return words.filter((one) => one && !differs.includes(one)).join(' · ')
}

/** For each learner, the conditions in which it differs from most others in its table. */
export function unusualConditions(
  learners: readonly LearnerRows[],
): ReadonlyMap<string, readonly string[]> {
  const usual = CONDITIONS.map((condition) =>
    mostCommon(learners.map(({ rows }) => condition(rows[0]!))),
  )
  return new Map(
    learners.map(({ name, rows }) => {
      const own = CONDITIONS.map((condition) => condition(rows[0]!))
      return [name, own.filter((words, i) => words !== usual[i])]
    }),
  )
}

/** Of equally common ones, that which says no. */
function mostCommon(values: readonly string[]): string {
  const count = (value: string) => values.filter((other) => other === value).length
  const plain = (value: string) => (value.startsWith('no') ? 1 : 0)
  return [...values].sort((a, b) => count(b) - count(a) || plain(b) - plain(a))[0] ?? ''
}
