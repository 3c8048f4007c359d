import { type Availability, KshotError } from '@kshot/core'

export type Missing = Extract<Availability, { available: false }> & { readonly cause?: unknown }

export function missing(reason: string, remedy: string, cause?: unknown): Missing {
  return { available: false, reason, remedy, ...(cause !== undefined && { cause }) }
}

export function unavailable({ reason, remedy, cause }: Missing): KshotError {
  return new KshotError('backend/unavailable', {
    got: `the backend 'webgpu', which cannot run here: ${reason}`,
    expected: 'a backend that this machine can run',
    remedy,
    cause,
  })
}
