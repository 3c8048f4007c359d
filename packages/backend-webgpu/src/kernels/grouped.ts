import {
  GroupedConv2D,
  type GroupedConv2DAttrs,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Call, Kernels } from './kernel'
import { run } from './program'

type Shape = [number, number, number, number]

/** Convolutions with filters of each group's own, and both derivatives: one call for all tasks of vmap. */
export const grouped: Kernels = {
  [GroupedConv2D]: (call) => {
    const { x, filter } = call.inputs as { x: TensorInfo; filter: TensorInfo }
    const info = infoOf(call, x.shape.slice(1), filter.shape.slice(1))
    return convolution(call, { x, w: filter }, info, info.outShape, FORWARD)
  },
  [GroupedConv2DBackpropInput]: (call) => {
    const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo }
    const { inputShape } = call.attrs as GroupedConv2DAttrs
    const info = infoOf(call, inputShape!, filter.shape.slice(1))
    return convolution(call, { dy, w: filter }, info, info.inShape, TO_INPUT)
  },
  [GroupedConv2DBackpropFilter]: (call) => {
    const { x, dy } = call.inputs as { x: TensorInfo; dy: TensorInfo }
    const { filterShape } = call.attrs as GroupedConv2DAttrs
    const info = infoOf(call, x.shape.slice(1), filterShape!)
    return convolution(call, { x, dy }, info, info.filterShape, TO_FILTER)
  },
}

type Info = ReturnType<typeof infoOf>

function infoOf({ attrs }: Call, x: readonly number[], filter: readonly number[]) {
  const { strides, pad, dilations = 1, dimRoundingMode } = attrs as GroupedConv2DAttrs
  const [input, kernel] = [x as Shape, filter as Shape]
  return backend_util.computeConv2DInfo(input, kernel, strides, dilations, pad, dimRoundingMode)
}

function convolution(
  { backend }: Call,
  inputs: { readonly [name: string]: TensorInfo },
  info: Info,
  shape: readonly number[],
  code: string,
): TensorInfo {
  const [a, b] = Object.values(inputs) as [TensorInfo, TensorInfo]
  return run(backend, {
    key: `grouped_${Object.keys(inputs).join('_')}`,
    inputs,
    shape: [Math.max(a.shape[0]!, b.shape[0]!), ...shape],
    dtype: 'float32',
    ints: {
      ...{ n: info.batchSize, h: info.inHeight, w: info.inWidth, c: info.inChannels },
      ...{ oh: info.outHeight, ow: info.outWidth, o: info.outChannels },
      ...{ kh: info.filterHeight, kw: info.filterWidth },
      ...{ sh: info.strideHeight, sw: info.strideWidth },
      ...{ dh: info.dilationHeight, dw: info.dilationWidth },
      ...{ top: info.padInfo.top, left: info.padInfo.left },
      // what all groups share is read by each
      ...{ ownA: a.shape[0] === 1 ? 0 : 1, ownB: b.shape[0] === 1 ? 0 : 1 },
    },
    code: `let u = uniforms;\n${code}`,
  })
}

const FORWARD = `
  let channel = i % u.o; let column = (i / u.o) % u.ow; let line = (i / (u.o * u.ow)) % u.oh;
  let example = (i / (u.o * u.ow * u.oh)) % u.n; let group = i / (u.o * u.ow * u.oh * u.n);
  let image = (group * u.ownA * u.n + example) * u.h;
  let filters = group * u.ownB * u.kh;
  var total = 0.0;
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
      for (var k = 0; k < u.o; k += 1) { total += dy[source + k] * w[by + k]; }
    }
  }
  result[i] = total;`

const TO_FILTER = `
  let channel = i % u.o; let k = (i / u.o) % u.c; let q = (i / (u.o * u.c)) % u.kw;
  let p = (i / (u.o * u.c * u.kw)) % u.kh; let group = i / (u.o * u.c * u.kw * u.kh);
  var total = 0.0;
  for (var example = 0; example < u.n; example += 1) {
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
