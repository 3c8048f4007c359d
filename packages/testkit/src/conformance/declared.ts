/** Known differences between a backend and the cpu backend. */
export interface Declared {
  /**
   * By `section: check`, the result to the letter; what is not run, with the reason, also by the section
   * alone.
   */
  readonly [check: string]: string | { readonly notRun: string }
}

const ofNothing: Declared = {
  'axes: empty: max over the empty axis': '[3] -∞ -∞ -∞',
  'axes: empty: min over the empty axis': '[3] ∞ ∞ ∞',
  'axes: empty: all over the empty axis': '[3] 1 1 1',
}

// If a column index is out of range, cpu reads what is there in memory: a number of the next row.
const stricter: Declared = {
  'bounds: gatherND, a column past the end': 'error',
  'bounds: scatterND, a column past the end': 'error',
}

const wasm: Declared = {
  ...ofNothing,
  ...stricter,
  'operations: einsum': 'no Einsum',
  'operations: conv2d NCHW': 'NHWC only',
  'numbers: avgPool': '-∞',
}

// what they give lies elsewhere in memory, and is another number each time
const elsewhere = { notRun: 'not run: memory' }

/** TensorFlow.js' own kernels, faults included: kshot's replace them. */
const stock: Declared = {
  'operations: einsum': 'no Einsum',
  'operations: conv2d NCHW': 'NHWC only',
  'operations: gather in batches': { notRun: 'not run: wrong rows' },
  'operations: cast to bool': { notRun: 'not run: 2 of 2' },
  'numbers: avgPool': '-∞',
  'numbers: maximum': 'NaN 1 ∞ ∞ ∞',
  'numbers: maximum of 0 and each': '0 ∞ 0',
  'numbers: minimum': 'NaN 1 ∞ -∞ 0',
  'numbers: minimum of 0 and each': '0 0 -∞',
  'numbers: relu6': '0 6 0 0 1',
  'numbers: clipByValue': '-1 0.5 -1 0 0.5',
  'numbers: cast to bool': '0 0 0 0 1',
  'numbers: conv2d': '1 -∞ 2 ∞',
  'numbers: batch norm and ReLU': '0 NaN 0 0 1.224 0',
  'axes: empty: sum over the empty axis': elsewhere,
  'axes: empty: mean over the empty axis': elsewhere,
  'axes: empty: max over the empty axis': elsewhere,
  'axes: empty: min over the empty axis': elsewhere,
  'axes: empty: prod over the empty axis': elsewhere,
  'axes: empty: any over the empty axis': elsewhere,
  'axes: empty: all over the empty axis': elsewhere,
  'axes: empty: matMul, inner': elsewhere,
  'axes: empty: gather from an empty tensor': '[1,1,2,0]',
  bounds: elsewhere,
}

const libtensorflow: Declared = {
  ...ofNothing,
  ...stricter,
  'numbers: sign': 'NaN 1 -1 0 1',
  'numbers: cast to int32': '-2147000000 -2147000000 -2147000000 0 1',
  'numbers: argMax': '0 1 1 0',
  'numbers: argMin': '0 1 1 0',
  'numbers: maxPool of -∞': '-3.403e+38',
  'axes: empty: mean over the empty axis': '[3] NaN NaN NaN',
}

const webgpu: Declared = { ...ofNothing, ...stricter }

/** What is known of each backend, and of each choice of kernels. */
export const declared = {
  cpu: {},
  wasm,
  'wasm-stock': stock,
  libtensorflow,
  webgpu,
} as const satisfies {
  readonly [backend: string]: Declared
}
