import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Episode } from '@kshot/core'
import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'

/** A tensor of a reference file, row-major. */
export interface ReferenceTensor {
  readonly shape: number[]
  readonly dtype?: 'int32'
  readonly data: number[]
}

export type ReferenceTree = { readonly [name: string]: ReferenceTensor }

export interface ReferenceCase {
  readonly name: string
  readonly kind: string
  readonly config: { readonly [key: string]: unknown }
  readonly params: ReferenceTree
  readonly tasks: readonly ReferenceTree[]
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a form of its own
  readonly expected: readonly any[]
}

const folder = fileURLToPath(new URL('../../../../shared/reference/', import.meta.url))

/** Where a reference file lies, or undefined on a machine that has none. */
export function referenceFile(name = 'reference-0.json'): string | undefined {
  return existsSync(folder + name) ? folder + name : undefined
}

export function loadReference(file: string): readonly ReferenceCase[] {
  return JSON.parse(readFileSync(file, 'utf8')).cases
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

/**
 * A `describe` over the reference cases of some kinds; a machine without the file skips it by name.
 * The cases must be there, so that no comparison passes for want of one.
 */
export function describeReference(
  title: string,
  kinds: readonly string[],
  body: (cases: readonly ReferenceCase[]) => void,
): void {
  const file = referenceFile()
  const cases = file ? loadReference(file).filter(({ kind }) => kinds.includes(kind)) : []
  describe.skipIf(!file)(`${title} (needs the reference values)`, () => {
    it('has cases to compare', () => {
      expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(kinds))
    })
    body(cases)
  })
}

export function toTensor({ shape, dtype, data }: ReferenceTensor): Tensor {
  return dtype === 'int32' ? tensor(data, shape, 'int32') : tensor(data, shape, 'float32')
}
