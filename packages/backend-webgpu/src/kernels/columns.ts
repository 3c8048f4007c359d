import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { type Program, run } from './program'

/** Numbers of `rows` rows for each group, `[groups, rows, c]`, and what every program on them is told. */
export interface Columns {
  readonly backend: WebGPUBackend
  readonly groups: number
  readonly rows: number
  readonly c: number
  readonly ints: { readonly [name: string]: number }
  readonly floats: { readonly [name: string]: number }
}

type Inputs = { readonly [name: string]: TensorInfo }

/**
 * The code of a program: statements that read a channel `j` of a `group`, number `own` of all; and statements
 * that read the number `at` of it.
 */
export interface Code {
  readonly key: string
  readonly inputs: Inputs
  readonly channel?: string
  readonly number?: string
}

/** One number for each of x: `value` sets `result[at]`. */
export function eachNumber(columns: Columns, code: Code, value: string): TensorInfo {
  const { groups, rows, c } = columns
  return on(
    columns,
    code,
    [groups, rows, c],
    `
  let at = i; let j = i % uniforms.c; let group = i / (uniforms.c * uniforms.rows);
  let own = group * uniforms.c + j;
  ${code.channel ?? ''}
  ${code.number ?? ''}
  ${value}`,
  )
}

/** Some numbers of each channel: `[groups, values.length, c]`. */
export function eachChannel(columns: Columns, code: Code, values: readonly string[]): TensorInfo {
  const { groups, c } = columns
  const many = values.length
  const set = values.map(
    (value, k) => `result[(group * ${many} + ${k}) * uniforms.c + j] = ${value};`,
  )
  return on(
    columns,
    code,
    [groups, many, c],
    `
  let own = i; let j = i % uniforms.c; let group = i / uniforms.c;
  ${code.channel ?? ''}
  ${set.join('\n  ')}`,
    groups * c,
  )
}

/**
 * Sums over the rows of each channel, `[groups, summands.length, c]`, times `factor`: of stretches first and then
 * of those, each number by itself, so that the bytes are the same each time.
 */
export function columnSums(
  columns: Columns,
  code: Code,
  summands: readonly string[],
  factor = 1,
): TensorInfo {
  const { groups, rows, c, backend } = columns
  const many = summands.length
  const length = rows <= FEW ? rows : Math.ceil(Math.sqrt(rows))
  const stretches = Math.ceil(rows / length)
  const last = stretches === 1
  const asked = {
    ...columns,
    ints: { ...columns.ints, stretches, length },
    floats: { ...columns.floats, factor: last ? factor : 1 },
  }
  const sums = on(
    asked,
    code,
    [groups, many, stretches, c],
    `
  let j = i % uniforms.c; let stretch = (i / uniforms.c) % uniforms.stretches;
  let group = i / (uniforms.c * uniforms.stretches); let own = group * uniforms.c + j;
  ${code.channel ?? ''}
  ${summands.map((_, k) => `var s${k} = 0.0;`).join(' ')}
  let end = min((stretch + 1) * uniforms.length, uniforms.rows);
  for (var row = stretch * uniforms.length; row < end; row += 1) {
    let at = (group * uniforms.rows + row) * uniforms.c + j;
    ${code.number ?? ''}
    ${summands.map((summand, k) => `s${k} += ${summand};`).join(' ')}
  }
  let to = (group * ${many} * uniforms.stretches + stretch) * uniforms.c + j;
  ${summands.map((_, k) => `result[to + ${k} * uniforms.stretches * uniforms.c] = s${k} * uniforms.factor;`).join('\n  ')}`,
    groups * stretches * c,
  )
  if (last) return { ...sums, shape: [groups, many, c] }
  const total = on(
    { ...columns, rows: stretches, floats: { factor } },
    { key: 'stretches', inputs: { x: sums } },
    [groups, many, c],
    `
  var total = 0.0;
  for (var s = 0; s < uniforms.rows; s += 1) {
    total += x[((i / uniforms.c) * uniforms.rows + s) * uniforms.c + i % uniforms.c];
  }
  result[i] = total * uniforms.factor;`,
  )
  backend.disposeData(sums.dataId)
  return total
}

/** So many rows are one stretch. */
const FEW = 128

function on(
  { backend, rows, c, ints, floats }: Columns,
  { key, inputs }: Code,
  shape: readonly number[],
  code: string,
  invocations?: number,
): TensorInfo {
  const program: Program = {
    key,
    inputs,
    shape,
    dtype: 'float32',
    ints: { rows, c, ...ints },
    floats,
    code,
  }
  return run(backend, invocations === undefined ? program : { ...program, invocations })
}
