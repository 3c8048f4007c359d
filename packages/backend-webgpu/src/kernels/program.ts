import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core'

/** A program in WGSL that computes one number of its output an invocation. */
export interface Program {
  /** Names its code: no two programs of one name differ in it, but for the types of inputs and uniforms. */
  readonly key: string
  readonly inputs: { readonly [name: string]: TensorInfo }
  readonly shape: readonly number[]
  readonly dtype: DataType
  /** Whole numbers that the code finds as `uniforms.name`. */
  readonly ints?: { readonly [name: string]: number }
  readonly floats?: { readonly [name: string]: number }
  /** Functions that the code calls. */
  readonly functions?: string
  /** Statements that set `result[i]`; inputs are arrays of their names, whatever their shape. */
  readonly code: string
  /** How many times the code runs, where it sets more than one number, or another one. */
  readonly invocations?: number
  /** Which inputs, and whether `result`, are arrays of four numbers each. */
  readonly fours?: readonly string[]
}

const THREADS = 64

/** Runs a program. Inputs and output go as plain arrays: no limit on their rank. */
export function run(backend: WebGPUBackend, program: Program): TensorInfo {
  const { key, inputs, shape, dtype, ints = {}, floats = {}, functions = '', code } = program
  const size = util.sizeFromShape([...shape])
  const { fours = [] } = program
  const lanes = (name: string) => (fours.includes(name) ? 4 : 1)
  const { invocations = size / lanes('result') } = program
  if (Object.values(inputs).some((x) => isDisguised(backend, x))) return onFloats(backend, program)
  const flat = Object.values(inputs).map((x) => ({ ...x, shape: [util.sizeFromShape(x.shape)] }))
  const uniforms = [
    ...Object.keys({ ...ints, invocations }).map((name) => `${name} : i32, `),
    ...Object.keys(floats).map((name) => `${name} : f32, `),
  ].join('')
  const values = [
    ...Object.values({ ...ints, invocations }).map((value) => ({ type: 'int32', data: [value] })),
    ...Object.values(floats).map((value) => ({ type: 'float32', data: [value] })),
  ]
  const webgpu = {
    // the layout of the uniforms is part of the code
    shaderKey: `kshot_${key}_${uniforms}`,
    // what messages of the GPU call it by
    constructor: { name: `kshot_${key}` },
    variableNames: Object.keys(inputs),
    variableComponents: Object.keys(inputs).map(lanes),
    outputComponent: lanes('result'),
    outputShape: [size],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(invocations / THREADS), 1, 1] as [number, number, number],
    workgroupSize: [THREADS, 1, 1] as [number, number, number],
    uniforms,
    getUserCode: () =>
      `${functions}\nfn main(i : i32) {\n  if (i >= uniforms.invocations) { return; }\n${code}\n}`,
  }
  const { dataId } = backend.runWebGPUProgram(webgpu, flat, dtype, values)
  return { dataId, shape: [...shape], dtype }
}

/** TensorFlow.js casts whole numbers and truths to float32 by calling them so. */
function isDisguised({ tensorMap }: WebGPUBackend, { dtype, dataId }: TensorInfo): boolean {
  return dtype === 'float32' && tensorMap.get(dataId).dtype !== 'float32'
}

/** Runs a program on numbers that are what they are called. */
function onFloats(backend: WebGPUBackend, program: Program): TensorInfo {
  const made: TensorInfo[] = []
  const inputs = Object.entries(program.inputs).map(([name, x]) => {
    if (!isDisguised(backend, x)) return [name, x] as const
    const whole = { ...x, dtype: 'int32' as const }
    const code = 'result[i] = f32(x[i]);'
    const y = run(backend, {
      key: 'float',
      inputs: { x: whole },
      shape: x.shape,
      dtype: 'float32',
      code,
    })
    made.push(y)
    return [name, y] as const
  })
  const result = run(backend, { ...program, inputs: Object.fromEntries(inputs) })
  for (const { dataId } of made) backend.disposeData(dataId)
  return result
}
