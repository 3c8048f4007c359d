import { type Tensor, tidy } from '@tensorflow/tfjs-core'
import { numbersOf } from '../numbers'
import { type ConformanceCheck, type Outcome, onCpu, outcomeOf, pass, type Section } from './check'

/** A case at the edge of what an operation takes. */
export type Edge = readonly [name: string, f: () => Tensor]

/** Cases in which a backend gives what the cpu backend gives, an error included. */
export function edgeChecks(
  section: Section,
  edges: readonly Edge[],
  { period }: { readonly period?: boolean } = {},
): ConformanceCheck[] {
  return edges.map(([name, f]) => {
    const computed = () => textOf(f, period ?? false)
    return {
      section,
      name,
      run: (backend) =>
        outcomeOf(async (): Promise<Outcome> => {
          const expected = await onCpu(`${section} ${name}`, computed)
          await backend.activate()
          const text = await computed()
          return text === expected ? pass(text) : { verdict: 'differs', text }
        }),
    }
  })
}

const ERROR = 'error'

/** The result as `[2,3] 1 NaN -Infinity …`; `error` where there is none. */
async function textOf(f: () => Tensor, period: boolean): Promise<string> {
  let y: Tensor
  try {
    y = tidy(f)
  } catch (error) {
    if (/not registered for backend/.test(String(error))) throw error
    return ERROR
  }
  const values = (await numbersOf(y)).map(numberText)
  y.dispose()
  return period ? onePeriod(values) : `[${y.shape}] ${values.join(' ')}`.trim()
}

// −0 is 0; four digits are the same on every backend
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞')
  return String(Number(value.toPrecision(4)) + 0)
}

/** How often special numbers are repeated, and some of them once more: kernels take several at once, then the rest. */
export const LENGTH = 19

/** `values` over and over, {@link LENGTH} of them. */
export const repeated = <T>(values: readonly T[]): T[] =>
  Array.from({ length: LENGTH }, (_, i) => values[i % values.length]!)

/** The shortest beginning that is repeated throughout. */
function onePeriod(values: readonly string[]): string {
  if (values.length < LENGTH) return values.join(' ')
  const size = values.findIndex(
    (_, n) => n > 0 && values.every((value, i) => value === values[i % n]),
  )
  return values.slice(0, size < 0 ? values.length : size).join(' ')
}
