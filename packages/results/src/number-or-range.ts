/** A number, or the ends of what is drawn in each episode, or in each of its classes. */
export type NumberOrRange =
  | number
  | { readonly min: number; readonly max: number; readonly perClass?: true | undefined }

export function largest(value: NumberOrRange): number {
  return typeof value === 'number' ? value : value.max
}

export function smallest(value: NumberOrRange): number {
  return typeof value === 'number' ? value : value.min
}

/** `5`, `3–7` */
export function rangeText(value: NumberOrRange): string {
  return typeof value === 'number' ? String(value) : `${value.min}–${value.max}`
}
