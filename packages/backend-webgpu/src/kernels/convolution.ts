import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { columnSums } from './columns'
import { run } from './program'

export type Shape4D = [number, number, number, number]
export type ConvInfo = backend_util.Conv2DInfo

/** Attributes of convolutions, in groups or not. */
export interface ConvAttrs {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dilations?: number | [number, number]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

export function infoOf(
  { strides, pad, dilations = 1, dimRoundingMode }: ConvAttrs,
  x: readonly number[],
  filter: readonly number[],
): ConvInfo {
  const [input, kernel] = [x as Shape4D, filter as Shape4D]
  return backend_util.computeConv2DInfo(input, kernel, strides, dilations, pad, dimRoundingMode)
}

type Two = readonly [name: string, x: TensorInfo]

/** The convolution as it is defined, x `[groups | 1, n, h, w, c]`, filter `[groups | 1, kh, kw, c, o]`. */
export function forward(backend: WebGPUBackend, x: TensorInfo, w: TensorInfo, info: ConvInfo) {
  const fours = info.outChannels % 4 === 0 ? ['w', 'result'] : []
  return run(backend, program('forward', ['x', x], ['w', w], info, info.outShape, fours, FORWARD))
}

/** Its derivative in x, given dy and the filter. */
export function toInput(backend: WebGPUBackend, dy: TensorInfo, w: TensorInfo, info: ConvInfo) {
  const fours = info.outChannels % 4 === 0 ? ['dy', 'w'] : []
  return run(
    backend,
    program('to_input', ['dy', dy], ['w', w], info, info.inShape, fours, TO_INPUT),
  )
}

/** So many invocations keep a GPU busy. */
const MANY = 2 ** 16

/**
 * Its derivative in the filter, given x and dy: of stretches of the examples first, as many as keep the GPU busy,
 * and then of those.
 */
export function toFilter(backend: WebGPUBackend, x: TensorInfo, dy: TensorInfo, info: ConvInfo) {
  const { filterShape, batchSize, outChannels } = info
  const groups = Math.max(x.shape[0]!, dy.shape[0]!)
  const size = util.sizeFromShape(filterShape)
  const wanted = Math.min(Math.ceil(MANY / (groups * size)), batchSize)
  const length = Math.ceil(batchSize / wanted)
  const stretches = Math.ceil(batchSize / length)
  const fours = outChannels % 4 === 0 ? ['dy', 'result'] : []
  const shape = [stretches, ...filterShape]
  const sums = program('to_filter', ['x', x], ['dy', dy], info, shape, fours, TO_FILTER)
  const parts = run(backend, { ...sums, ints: { ...sums.ints, length, stretches } })
  if (stretches === 1) return { ...parts, shape: [groups, ...filterShape] }
  const rows = { backend, groups, rows: stretches, c: size, ints: {}, floats: {} }
  const total = columnSums(rows, { key: 'stretches_of_examples', inputs: { x: parts } }, ['x[at]'])
  backend.disposeData(parts.dataId)
  return { ...total, shape: [groups, ...filterShape] }
}

function program(
  name: string,
  [nameA, a]: Two,
  [nameB, b]: Two,
  info: ConvInfo,
  shape: readonly number[],
  fours: readonly string[],
  code: string,
) {
  const lanes = fours.length > 0 ? 4 : 1
  return {
    key: `${name}_${lanes}`,
    inputs: { [nameA]: a, [nameB]: b },
    shape: [Math.max(a.shape[0]!, b.shape[0]!), ...shape],
    dtype: 'float32' as const,
    fours,
    ints: {
      n: info.batchSize,
      h: info.inHeight,
      w: info.inWidth,
      c: info.inChannels,
      oh: info.outHeight,
      ow: info.outWidth,
      o: info.outChannels / lanes,
      kh: info.filterHeight,
      kw: info.filterWidth,
      sh: info.strideHeight,
      sw: info.strideWidth,
      dh: info.dilationHeight,
      dw: info.dilationWidth,
      top: info.padInfo.top,
      left: info.padInfo.left,
      // what all groups share is read by each
      ownA: a.shape[0] === 1 ? 0 : 1,
      ownB: b.shape[0] === 1 ? 0 : 1,
    },
    functions: lanes === 4 ? OF_FOUR : OF_ONE,
    code: `let u = uniforms;\n${code}`,
  }
}

// `o` counts groups of so many channels
const OF_FOUR = `
alias Lanes = vec4<f32>;
fn product(a : Lanes, b : Lanes) -> f32 { return dot(a, b); }`
const OF_ONE = `
alias Lanes = f32;
fn product(a : Lanes, b : Lanes) -> f32 { return a * b; }`

const FORWARD = `
  let channel = i % u.o; let column = (i / u.o) % u.ow; let line = (i / (u.o * u.ow)) % u.oh;
  let example = (i / (u.o * u.ow * u.oh)) % u.n; let group = i / (u.o * u.ow * u.oh * u.n);
  let image = (group * u.ownA * u.n + example) * u.h;
  let filters = group * u.ownB * u.kh;
  var total = Lanes(0.0);
  for (var p = 0; p < u.kh; p += 1) {
    let y = line * u.sh - u.top + p * u.dh;
    if (y < 0 || y >= u.h) { continue; }
    for (var q = 0; q < u.kw; q += 1) {
      let z = column * u.sw - u.left + q * u.dw;
      if (z < 0 || z >= u.w) { continue; }
      let source = ((image + y) * u.w + z) * u.c;
      let by = ((filters + p) * u.kw + q) * u.c * u.o + channel;
      for (var k = 0; k < u.c; k += 1) { total += x[source + k] * w[by + k * u.o]; }
    }
  }
  result[i] = total;`

const TO_INPUT = `
  let channel = i % u.c; let column = (i / u.c) % u.w; let line = (i / (u.c * u.w)) % u.h;
  let example = (i / (u.c * u.w * u.h)) % u.n; let group = i / (u.c * u.w * u.h * u.n);
  let image = (group * u.ownA * u.n + example) * u.oh;
  let filters = group * u.ownB * u.kh;
  var total = 0.0;
  for (var p = 0; p < u.kh; p += 1) {
    let y = line + u.top - p * u.dh;
    if (y < 0 || y % u.sh != 0 || y / u.sh >= u.oh) { continue; }
    for (var q = 0; q < u.kw; q += 1) {
      let z = column + u.left - q * u.dw;
      if (z < 0 || z % u.sw != 0 || z / u.sw >= u.ow) { continue; }
      let source = ((image + y / u.sh) * u.ow + z / u.sw) * u.o;
      let by = (((filters + p) * u.kw + q) * u.c + channel) * u.o;
      for (var k = 0; k < u.o; k += 1) { total += product(dy[source + k], w[by + k]); }
    }
  }
  result[i] = total;`

const TO_FILTER = `
  let channel = i % u.o; let k = (i / u.o) % u.c; let q = (i / (u.o * u.c)) % u.kw;
  let p = (i / (u.o * u.c * u.kw)) % u.kh; let rest = i / (u.o * u.c * u.kw * u.kh);
  let stretch = rest % u.stretches; let group = rest / u.stretches;
  var total = Lanes(0.0);
  for (var example = stretch * u.length; example < min((stretch + 1) * u.length, u.n); example += 1) {
    let image = (group * u.ownA * u.n + example) * u.h;
    let slopes = (group * u.ownB * u.n + example) * u.oh;
    for (var line = 0; line < u.oh; line += 1) {
      let y = line * u.sh - u.top + p * u.dh;
      if (y < 0 || y >= u.h) { continue; }
      for (var column = 0; column < u.ow; column += 1) {
        let z = column * u.sw - u.left + q * u.dw;
        if (z < 0 || z >= u.w) { continue; }
        total += x[((image + y) * u.w + z) * u.c + k] * dy[((slopes + line) * u.ow + column) * u.o + channel];
      }
    }
  }
  result[i] = total;`
