/** How a picture of other proportions is fitted to a size. */
export type Fit =
  /** Cropped at the longer side, around the centre. */
  | 'cover'
  /** Whole, padded with white. */
  | 'contain'
  /** Whole, stretched. */
  | 'stretch'

export const FITS: readonly Fit[] = ['cover', 'contain', 'stretch']

type Size = readonly [height: number, width: number]

/** Which part of a picture is taken, and which part of the result it fills. */
export interface Placement {
  readonly from: { readonly top: number; readonly left: number; readonly size: Size }
  readonly to: { readonly top: number; readonly left: number; readonly size: Size }
}

/** In whole pixels; for equal proportions all fits are the same. */
export function placement([height, width]: Size, target: Size, fit: Fit): Placement {
  const whole = { top: 0, left: 0 }
  if (fit === 'cover') {
    const size = largestWithin([height, width], target)
    return {
      from: { ...middle([height, width], size), size },
      to: { ...whole, size: target },
    }
  }
  const from = { ...whole, size: [height, width] as const }
  if (fit === 'stretch') return { from, to: { ...whole, size: target } }
  const size = largestWithin(target, [height, width])
  return { from, to: { ...middle(target, size), size } }
}

/** The largest size of the proportions of `like` within `outer`. */
function largestWithin([height, width]: Size, [h, w]: Size): Size {
  const scale = Math.min(height / h, width / w)
  const side = (n: number, most: number) => Math.min(most, Math.max(1, Math.round(n * scale)))
  return [side(h, height), side(w, width)]
}

function middle([height, width]: Size, [h, w]: Size): { top: number; left: number } {
  return { top: Math.floor((height - h) / 2), left: Math.floor((width - w) / 2) }
}
