import { KshotError } from '@kshot/core'

/** @throws `learned-optimizer/bad-option` */
export function checkedPositive(name: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value
  throw badOption(`${name} ${value}`, 'a positive number', 'Leave it out for the default')
}

/** @throws `learned-optimizer/bad-option` */
export function checkedCount(name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw badOption(`${name} ${value}`, 'a positive integer', 'Leave it out for the default')
}

export function badOption(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('learned-optimizer/bad-option', { got, expected, remedy })
}
