import { type ConvMethod, direct } from './conv-direct'
import type { ConvInfo } from './conv-geometry'
import { type Native, room } from './native'

/** Tiles that go through all stages together. */
const TILES = 32

/**
 * Winograd's F(4 × 4, 3 × 3), a quarter of the multiplications; rounding errors some ten times larger.
 * Lavin & Gray 2016, Fast Algorithms for Convolutional Neural Networks.
 */
const winograd: ConvMethod = {
  forward(native, info, { x, filter, y }) {
    const { inChannels: c, outChannels: o, padInfo } = info
    const { call } = native
    const [u, scratch] = room(
      native,
      call.winogradFilterBytes(c, o),
      call.winogradScratch(TILES, c, o),
    )
    call.winogradFilter(c, o, filter, u, scratch)
    const { inHeight, inWidth, outHeight, outWidth } = info
    const from = { at: x, height: inHeight, width: inWidth, channels: c }
    const to = { at: y, height: outHeight, width: outWidth, channels: o }
    convolve(native, info.batchSize, from, to, u, scratch, padInfo.top, padInfo.left)
  },

  // a convolution of dy with the turned filter
  input(native, info, { x, filter, y }) {
    const { inChannels: c, outChannels: o, padInfo } = info
    const { call } = native
    const [turned, u, scratch] = room(
      native,
      9 * c * o * 4,
      call.winogradFilterBytes(o, c),
      call.winogradScratch(TILES, o, c),
    )
    call.turnFilter(c, o, filter, turned)
    call.winogradFilter(o, c, turned, u, scratch)
    const { inHeight, inWidth, outHeight, outWidth } = info
    const from = { at: y, height: outHeight, width: outWidth, channels: o }
    const to = { at: x, height: inHeight, width: inWidth, channels: c }
    convolve(native, info.batchSize, from, to, u, scratch, 2 - padInfo.top, 2 - padInfo.left)
  },

  filter(native, info, { x, filter, y }) {
    const { inChannels: c, outChannels: o, padInfo } = info
    const { call } = native
    const scratch = native.scratch(call.winogradFilterGradScratch(TILES, c, o))
    call.winogradFilterGrad(
      info.batchSize,
      x,
      info.inHeight,
      info.inWidth,
      c,
      o,
      y,
      info.outHeight,
      info.outWidth,
      padInfo.top,
      padInfo.left,
      filter,
      TILES,
      scratch,
    )
  },
}

/** Images in the memory of the backend. */
interface Images {
  readonly at: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Convolves images with a filter that is transformed already. */
function convolve(
  { call }: Native,
  batch: number,
  from: Images,
  to: Images,
  filter: number,
  scratch: number,
  top: number,
  left: number,
): void {
  call.winogradRows(
    batch,
    from.at,
    from.height,
    from.width,
    from.channels,
    filter,
    to.channels,
    to.at,
    to.height,
    to.width,
    top,
    left,
    TILES,
    scratch,
  )
}

/** The faster of the two methods. */
export function fastest(info: ConvInfo): ConvMethod {
  return isWinograd(info) && pays(info) ? winograd : direct
}

function isWinograd(info: ConvInfo): boolean {
  const threes = info.filterHeight === 3 && info.filterWidth === 3
  const ones = [info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth]
  const channels = [info.inChannels, info.outChannels]
  return threes && ones.every((n) => n === 1) && channels.every((n) => n % 8 === 0 && n >= 16)
}

// In multiplications; the transform of the filter costs as much as some 250 for each of its entries.
function pays({ batchSize, outHeight, outWidth, inChannels, outChannels }: ConvInfo): boolean {
  const tiles = batchSize * Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4)
  const entries = inChannels * outChannels
  const transformed = tiles * 36 * (entries + 10 * (inChannels + outChannels)) + 250 * entries
  return transformed < batchSize * outHeight * outWidth * 9 * entries
}
