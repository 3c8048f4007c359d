import { distort as distortOptions } from '@kshot/core/card'
import type { AugmentOptions, DistortOptions } from '@kshot/episodes'
import { augmentOptions } from '@kshot/episodes/options'
import type { z } from 'zod'
import { schemaOf } from '../catalogue/roles'
import { zodOf } from '../catalogue/zod'

/** Affine distortion of pictures, drawn for each of them. */
export const distort = zodOf(distortOptions, schemaOf) as z.ZodType<DistortOptions, DistortOptions>

/** Cuts, mirrored pictures and colours. */
export const augment = zodOf(augmentOptions, schemaOf) as z.ZodType<AugmentOptions, AugmentOptions>
