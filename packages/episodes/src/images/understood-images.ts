import { counted, shortList, type Understood } from '../understood'
import type { ImageFormat } from './decode-image'
import { byEnding } from './faults'
import { remedyFor } from './kinds'
import type { Layout } from './layout'
import type { Loaded } from './load-pictures'
import type { LoadedClass } from './picture-dataset'

interface Parts {
  readonly layout: Layout
  readonly split: { readonly [name in keyof Understood['splits']]: readonly LoadedClass[] }
  /** Splits that no folder gives, though others are given. */
  readonly missing: readonly string[]
  readonly small: Understood['small']
  readonly loaded: Loaded
  readonly format: ImageFormat
  readonly seed: number | string
}

/** What was taken of a folder of pictures, and what was left out. */
export function understoodOf(parts: Parts): Understood {
  const { layout, split, small, loaded, seed, missing } = parts
  const { train, validation, test } = split
  const all = [...train, ...validation, ...test]
  const skipped = byEnding(layout.classes.flatMap(({ others }) => others))
  const from =
    missing.length > 0 ? `by folder; ${missing.join(' and ')} taken from train` : 'by folder'
  return {
    classes: all.length,
    examples: all.reduce((sum, { pixels }) => sum + pixels.length, 0),
    splits: { train: train.length, validation: validation.length, test: test.length },
    dealt: layout.given
      ? missing.length > 0
        ? `${from} by seed ${seed}`
        : from
      : `split by seed ${seed}`,
    notes: [...layout.notes, ...notesOf(parts, skipped)],
    skipped,
    broken: loaded.broken.map(({ file, reason }) => ({ file, reason })),
    small,
  }
}

/** Files that are no pictures, by ending. */
export function ignoredNotes(skipped: Understood['skipped']): string[] {
  const left = Object.entries(skipped).map(([ending, n]) => {
    const remedy = remedyFor(ending)
    return remedy ? `${n} ${ending} (${remedy})` : `${n} ${ending}`
  })
  return left.length > 0 ? [`ignored files: ${shortList(left, 8)}`] : []
}

function notesOf({ loaded, small, format }: Parts, skipped: Understood['skipped']): string[] {
  const notes: string[] = []
  const { size, channels = 3, fit = 'cover' } = format
  notes.push(`pictures as ${size[0]} × ${size[1]} with ${counted(channels, 'channel')} (${fit})`)
  const colourful = loaded.headers.filter((header) => header && !header.grey).length
  if (channels === 1 && colourful > 0)
    notes.push(`${counted(colourful, 'picture')} in colour, converted to grey`)
  const paged = loaded.headers.filter((header) => header && header.pages > 1).length
  if (paged > 0)
    notes.push(`${counted(paged, 'picture')} with several frames or pages: only the first is used`)
  if (loaded.bits !== undefined && loaded.bits < 16) {
    notes.push(`16-bit pictures use only ${loaded.bits} bits, which are stretched`)
  }
  notes.push(...ignoredNotes(skipped))
  if (loaded.broken.length > 0) {
    const of = new Map<string, string[]>()
    for (const { file, reason } of loaded.broken) {
      of.set(reason, [...(of.get(reason) ?? []), file])
    }
    const list = [...of].map(([reason, files]) => `${shortList(files, 2)} (${reason})`)
    const n = counted(loaded.broken.length, 'picture')
    notes.push(`${n} left out as unreadable: ${shortList(list, 6, '; ')}`)
  }
  if (small.length > 0) {
    const list = small.map(({ id, size: n }) => `${id} (${n})`)
    notes.push(`left out for too few pictures: ${shortList(list)}`)
  }
  return notes
}
