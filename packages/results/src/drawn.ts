/** A number, or the ends of what is drawn in each episode, or in each of its classes. */
export type Drawn =
  | number
  | { readonly min: number; readonly max: number; readonly perClass?: true | undefined }

export function largest(drawn: Drawn): number {
  return typeof drawn === 'number' ? drawn : drawn.max
}

export function smallest(drawn: Drawn): number {
  return typeof drawn === 'number' ? drawn : drawn.min
}

/** `5`, `3–7` */
export function drawnName(drawn: Drawn): string {
  return typeof drawn === 'number' ? String(drawn) : `${drawn.min}–${drawn.max}`
}
