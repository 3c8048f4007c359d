import type { backend_util } from '@tensorflow/tfjs-core'

export type ConvInfo = backend_util.Conv2DInfo

/**
 * What a row or column of outputs reads: for output g and tap u, place `a·g + b + t·u` of the input.
 */
export interface Reads {
  readonly outputs: number
  readonly a: number
  readonly b: number
  readonly t: number
  readonly taps: number
}

/** The reads of a convolution along one axis. */
export function forwardReads(
  outputs: number,
  taps: number,
  stride: number,
  dilation: number,
  before: number,
): Reads {
  return { outputs, a: stride, b: -before, t: dilation, taps }
}

/** The outputs that lie `step` apart, from `start` on, and the taps of the filter that reach them. */
export interface Residue extends Reads {
  readonly start: number
  readonly step: number
  readonly firstTap: number
  readonly tapStep: number
}

/**
 * The derivative of a convolution in its input, along one axis: input y collects dy at
 * (y + before − i·dilation) / stride from the taps i where that is whole. Which taps those are depends
 * on y modulo the stride only, so nothing is multiplied by zeros.
 */
export function residues(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
): Residue[] {
  const tapStep = stride / gcd(stride, dilation)
  return Array.from({ length: Math.min(stride, size) }, (_, start) => {
    const places = Array.from({ length: kernel }, (_, i) => start + before - i * dilation)
    const found = places.findIndex((place) => place % stride === 0)
    const firstTap = Math.max(found, 0)
    return {
      start,
      step: stride,
      outputs: Math.ceil((size - start) / stride),
      a: 1,
      b: found < 0 ? 0 : places[found]! / stride,
      t: -(tapStep * dilation) / stride,
      taps: found < 0 ? 0 : Math.ceil((kernel - found) / tapStep),
      firstTap,
      tapStep,
    }
  })
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
