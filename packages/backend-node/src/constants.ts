import type { Binding } from './binding'

const MOST_CONSTANTS = 4096

/** Tensors of libtensorflow that kernels need again and again: lists of numbers, and single ones. */
export interface Constants {
  /** A constant of whole numbers: a list, or one number. */
  ints(values: number | readonly number[]): number
  /** A constant number. */
  float(value: number): number
  /** Frees them all. */
  dispose(): void
}

export function constants(binding: Binding): Constants {
  const ids = new Map<string, number>()

  function constant(
    dtype: number,
    values: number | readonly number[],
    List: typeof Int32Array | typeof Float32Array,
  ): number {
    const scalar = typeof values === 'number'
    const key = `${dtype}${scalar ? ' ' : '['}${values}`
    const known = ids.get(key)
    if (known !== undefined) return known
    if (ids.size >= MOST_CONSTANTS) dispose()
    const list = List.from(scalar ? [values] : values)
    const id = binding.createTensor(scalar ? [] : [list.length], dtype, list)
    ids.set(key, id)
    return id
  }

  function dispose(): void {
    for (const id of ids.values()) binding.deleteTensor(id)
    ids.clear()
  }

  return {
    ints: (values) => constant(binding.TF_INT32, values, Int32Array),
    float: (value) => constant(binding.TF_FLOAT, value, Float32Array),
    dispose,
  }
}
