import { KshotError } from '@kshot/core'
import type { Sharp, SharpInput, SharpOptions } from 'sharp'

export type SharpFactory = (input: SharpInput, options?: SharpOptions) => Sharp

/** @throws `episodes/sharp-missing` */
export async function loadSharp(): Promise<SharpFactory> {
  try {
    return (await import('sharp')).default
  } catch (cause) {
    throw new KshotError('episodes/sharp-missing', {
      got: `images to decode, but no package sharp: ${(cause as Error).message}`,
      expected: 'sharp 0.33 or newer, an optional peer dependency of @kshot/episodes',
      remedy: 'Install it: npm install sharp',
      cause,
    })
  }
}
