/** A JSON value. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/**
 * How to rebuild something: the export of a package, called with options.
 * Specs travel to workers, child processes and checkpoints; closures never do.
 * Among the options, at any depth, may be specs. A type, since an interface would be no {@link Json}.
 */
export type Spec = {
  readonly package: string
  readonly export: string
  readonly options: { readonly [key: string]: Json | Spec | readonly Spec[] }
}

/** Whether a JSON value is a spec. */
export function isSpec(value: unknown): value is Spec {
  if (typeof value !== 'object' || value === null) return false
  const { package: pkg, export: name, options } = value as Partial<Spec>
  const record = typeof options === 'object' && options !== null && !Array.isArray(options)
  return typeof pkg === 'string' && typeof name === 'string' && record
}

/** One text for equal specs, whatever the order of their keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
