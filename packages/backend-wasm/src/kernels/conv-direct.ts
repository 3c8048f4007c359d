import { type ConvInfo, forwardReads, type Reads, residues } from './conv-geometry'
import { type Native, room } from './native'

/** Addresses of one convolution's operands: of x, the filter and y, or their derivatives. */
export interface Operands {
  readonly x: number
  readonly filter: number
  readonly y: number
}

/** How the three products of a convolution are computed. */
export interface ConvMethod {
  forward(native: Native, info: ConvInfo, at: Operands): void
  /** The derivative in x, from those of y and the filter. */
  input(native: Native, info: ConvInfo, at: Operands): void
  /** The derivative in the filter, from x and that of y. */
  filter(native: Native, info: ConvInfo, at: Operands): void
}

/** As convolutions are defined: gathered rows times the filter. */
export const direct: ConvMethod = {
  forward(native, info, { x, filter, y }) {
    const { call } = native
    const [rows, columns] = reads(info)
    const { inChannels: c, outChannels: o } = info
    const k = rows.taps * columns.taps * c
    const bytes = [call.convFilterBytes(k, o), call.convRowsScratch(k, o)] as const
    const [packed, scratch] = room(native, ...bytes)
    call.packFilter(k, o, filter, packed)
    call.convRows(
      info.batchSize,
      x,
      info.inHeight,
      info.inWidth,
      c,
      ...numbers(rows, columns),
      o,
      packed,
      y,
      rows.outputs,
      columns.outputs,
      0,
      1,
      0,
      1,
      scratch,
    )
  },

  input(native, info, { x, filter, y }) {
    const { call } = native
    const { inHeight, inWidth, filterHeight, filterWidth, inChannels: c, outChannels: o } = info
    const k = filterHeight * filterWidth * o
    const bytes = [call.convFilterBytes(k, c), call.convRowsScratch(k, c)] as const
    const [packed, scratch] = room(native, ...bytes)
    const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info
    const across = residues(inWidth, filterWidth, strideWidth, dilationWidth, padInfo.left)
    for (const r of residues(inHeight, filterHeight, strideHeight, dilationHeight, padInfo.top)) {
      for (const s of across) {
        const taps = [r.firstTap, r.tapStep, r.taps, s.firstTap, s.tapStep, s.taps]
        call.packTurned(filterWidth, c, o, ...taps, filter, packed)
        call.convRows(
          info.batchSize,
          y,
          info.outHeight,
          info.outWidth,
          o,
          ...numbers(r, s),
          c,
          packed,
          x,
          inHeight,
          inWidth,
          r.start,
          r.step,
          s.start,
          s.step,
          scratch,
        )
      }
    }
  },

  filter(native, info, { x, filter, y }) {
    const { call } = native
    const [rows, columns] = reads(info)
    const { inChannels: c, outChannels: o } = info
    const scratch = native.scratch(call.convFilterGradScratch(rows.taps * columns.taps * c, o))
    call.convFilterGrad(
      info.batchSize,
      x,
      info.inHeight,
      info.inWidth,
      c,
      ...numbers(rows, columns),
      o,
      y,
      filter,
      scratch,
    )
  },
}

function reads(info: ConvInfo): [Reads, Reads] {
  const { top, left } = info.padInfo
  return [
    forwardReads(info.outHeight, info.filterHeight, info.strideHeight, info.dilationHeight, top),
    forwardReads(info.outWidth, info.filterWidth, info.strideWidth, info.dilationWidth, left),
  ]
}

const numbers = (rows: Reads, columns: Reads) => [
  rows.outputs,
  columns.outputs,
  rows.a,
  rows.b,
  rows.t,
  rows.taps,
  columns.a,
  columns.b,
  columns.t,
  columns.taps,
]
