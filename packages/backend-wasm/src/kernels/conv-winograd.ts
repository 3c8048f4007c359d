import { type ConvMethod, direct } from './conv-direct'
import type { ConvInfo } from './conv-geometry'
import { room } from './native'

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
    call.winogradRows(
      info.batchSize,
      x,
      info.inHeight,
      info.inWidth,
      c,
      u,
      o,
      y,
      info.outHeight,
      info.outWidth,
      padInfo.top,
      padInfo.left,
      TILES,
      scratch,
    )
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
    call.winogradRows(
      info.batchSize,
      y,
      info.outHeight,
      info.outWidth,
      o,
      u,
      c,
      x,
      info.inHeight,
      info.inWidth,
      2 - padInfo.top,
      2 - padInfo.left,
      TILES,
      scratch,
    )
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
