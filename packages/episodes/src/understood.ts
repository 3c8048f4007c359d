/** How a reader understood a user's files: what it used, and what it left out. */
export interface Understood {
  readonly classes: number
  readonly examples: number
  /** Classes by split, for example `{ train: 15, validation: 5, test: 5 }`. */
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number }
  /** How classes were assigned to splits: `by folder`, `split by seed 0`. */
  readonly dealt: string
  /** Sentences for people. */
  readonly notes: readonly string[]
  /** Ignored files, by extension, for example `{ '.heic': 3 }`. */
  readonly skipped: { readonly [ending: string]: number }
  /** Unreadable examples that were left out, with the reason. */
  readonly broken: readonly { readonly file: string; readonly reason: string }[]
  /** Classes that were left out because they have too few examples. */
  readonly small: readonly { readonly id: string; readonly size: number }[]
}

/** `3 pictures`, `1 picture` */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** The first few, and how many more there are. */
export function shortList(items: readonly string[], most = 5, comma = ', '): string {
  if (items.length <= most) return items.join(comma)
  return `${items.slice(0, most).join(comma)} and ${items.length - most} more`
}
