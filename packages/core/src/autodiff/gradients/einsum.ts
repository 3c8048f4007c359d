import { einsum, reshape, type Tensor } from '@tensorflow/tfjs-core'
import { KshotError } from '../../errors'
import { broadcastTo } from '../broadcast'
import { type Gradients, rule } from './gradient'

/**
 * Einstein sums are linear in each operand: the derivative in one is an Einstein sum of dy with the
 * others. An index that only this operand has was summed alone, so its derivative is repeated.
 */
export const einsums: Gradients = {
  Einsum: rule('all', (dy, operands: Tensor[], { equation }: { equation: string }) => {
    const [left, output] = equation.replace(/\s/g, '').split('->') as [string, string]
    const terms = left.split(',')
    return Object.fromEntries(
      operands.map((x, i) => [i, () => operandGradient(dy, operands, x, i, terms, output)]),
    )
  }),
}

function operandGradient(
  dy: Tensor,
  operands: readonly Tensor[],
  x: Tensor,
  i: number,
  terms: readonly string[],
  output: string,
): Tensor {
  const own = [...terms[i]!]
  if (new Set(own).size < own.length || own.includes('.')) throw repeatedIndex(terms[i]!)
  const others = terms.filter((_, k) => k !== i)
  const known = own.filter((index) => [output, ...others].some((term) => term.includes(index)))
  const found = einsum(
    `${[output, ...others].join(',')}->${known.join('')}`,
    dy,
    ...operands.filter((_, k) => k !== i),
  )
  const kept = x.shape.map((n, axis) => (known.includes(own[axis]!) ? n : 1))
  return broadcastTo(reshape(found, kept), x.shape)
}

function repeatedIndex(term: string): KshotError {
  return new KshotError('autodiff/no-gradient', {
    got: `the gradient of Einsum in an operand '${term}'`,
    expected: 'an operand with letters as indices, each only once',
    remedy: 'Take the diagonal, or name the axes, before calling einsum',
  })
}
