import { readFileSync } from 'node:fs'
import { type Episode, KshotError } from '@kshot/core'
import { type Tensor, tensor } from '@tensorflow/tfjs-core'

/** A tensor of a reference file, row-major. */
export interface ReferenceTensor {
  readonly shape: number[]
  readonly dtype?: 'int32'
  readonly data: number[]
}

export type ReferenceTree = { readonly [name: string]: ReferenceTensor }

/** A case of a reference file: parameters and tasks, and what another library makes of them. */
export interface ReferenceCase {
  readonly name: string
  readonly kind: string
  readonly config: { readonly [key: string]: unknown }
  readonly params: ReferenceTree
  readonly tasks: readonly ReferenceTree[]
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own form
  readonly expected: readonly any[]
}

/**
 * The cases of a file of reference values.
 * @param read the document of the file; a program that opens files of strangers bounds what it reads
 * @throws `reference/bad-file`
 */
export function loadReference(file: string, read = readDocument): readonly ReferenceCase[] {
  const bad = (got: string, cause?: unknown) =>
    new KshotError('reference/bad-file', {
      got: `${file}: ${got}`,
      expected: 'a JSON document with a list of cases, each with a name and a kind',
      remedy: 'Pass a file of reference values',
      cause,
    })
  let cases: unknown
  try {
    cases = (read(file) as { readonly cases?: unknown } | null)?.cases
  } catch (cause) {
    throw bad(cause instanceof Error ? cause.message : 'not readable', cause)
  }
  if (!Array.isArray(cases) || cases.length === 0) throw bad('no cases')
  const nameless = cases.find((c) => typeof c?.kind !== 'string' || typeof c?.name !== 'string')
  if (nameless) throw bad('a case without a name or a kind')
  return cases
}

function readDocument(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** A task of a reference file as an episode; without `ways` it is a regression. */
export function referenceEpisode(task: ReferenceTree, ways?: number): Episode {
  const batch = (x: string, y: string) => ({
    x: toTensor(task[x]!),
    y: toTensor(task[y]!),
    ...(ways !== undefined && { ways }),
  })
  return {
    support: batch('xs', 'ys'),
    query: batch('xq', 'yq'),
    id: { source: 'reference', index: 0 },
  }
}

export function toTensor({ shape, dtype, data }: ReferenceTensor): Tensor {
  return dtype === 'int32' ? tensor(data, shape, 'int32') : tensor(data, shape, 'float32')
}
