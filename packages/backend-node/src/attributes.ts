import type { DataType } from '@tensorflow/tfjs-core'
import type { Attr, Binding } from './binding'

/** A decimal attribute; a plain number is taken for a whole one. */
export interface Decimal {
  readonly decimal: number
}
/** An attribute that is a type. */
export interface TypeName {
  readonly dtype: DataType
}
export type Attrs = {
  readonly [name: string]: number | readonly number[] | boolean | string | Decimal | TypeName
}

/** Attributes as the binding takes them. */
export function attributesOf(binding: Binding, attrs: Attrs): Attr[] {
  const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_TYPE } = binding
  return Object.entries(attrs).map(([name, value]) => {
    if (typeof value === 'string') return { name, type: TF_ATTR_STRING, value }
    if (typeof value === 'boolean') return { name, type: TF_ATTR_BOOL, value }
    if (typeof value === 'number' || Array.isArray(value)) {
      return { name, type: TF_ATTR_INT, value }
    }
    if ('decimal' in value) return { name, type: TF_ATTR_FLOAT, value: value.decimal }
    return { name, type: TF_ATTR_TYPE, value: dtypeNumber(binding, (value as TypeName).dtype) }
  })
}

export function dtypeNumber(binding: Binding, dtype: DataType): number {
  const { TF_FLOAT, TF_INT32, TF_BOOL, TF_STRING } = binding
  const number = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL, string: TF_STRING }[
    dtype as 'float32'
  ]
  if (number === undefined) throw new Error(`The node backend has no tensors of dtype ${dtype}`)
  return number
}

export function dtypeName({ TF_FLOAT, TF_INT32, TF_BOOL }: Binding, dtype: number): DataType {
  if (dtype === TF_FLOAT) return 'float32'
  if (dtype === TF_INT32) return 'int32'
  return dtype === TF_BOOL ? 'bool' : 'string'
}
