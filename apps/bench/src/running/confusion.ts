import type { TaskSource } from '@kshot/core'
import type { EpisodeSource } from '@kshot/episodes'
import type { Confusion } from '@kshot/results'

/** More cannot be read in a table. */
const MOST_GROUPS = 40

/**
 * Counts the queries of each group by the group of the predicted class.
 * @returns undefined for a regression, and for more than 40 groups
 */
export function confusionOf(
  source: TaskSource,
  predicted: readonly (readonly number[])[],
): Confusion | undefined {
  if (!hasPlan(source) || predicted.length === 0) return undefined
  const names = source.dataset.classes.map(groupName)
  const groups = [...new Set(names)].sort()
  if (groups.length > MOST_GROUPS) return undefined
  const places = names.map((name) => groups.indexOf(name))
  const counts = groups.map(() => groups.map(() => 0))
  for (const [i, labels] of predicted.entries()) {
    const { classes, query } = source.plan(i)
    for (const [k, label] of labels.entries()) {
      counts[places[query[k]!.classIndex]!]![places[classes[label]!]!]!++
    }
  }
  return { groups, counts }
}

/** Whether episodes can be planned in plain numbers: those of a data set of classes. */
export function hasPlan(source: TaskSource): source is EpisodeSource {
  return 'plan' in source && 'dataset' in source
}

/** Of a class that belongs to none: its own name, whichever way it is turned. */
function groupName({ id, group }: { readonly id: string; readonly group?: string }): string {
  return group ?? id.replace(/\/rot\d+$/, '')
}
