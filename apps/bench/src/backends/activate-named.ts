import { KshotError, useBackend } from '@kshot/core'
import { resolveAuto } from './auto-backend'
import { backends } from './backends'

/**
 * Makes the backend active that a command line names, for a command without a configuration.
 * @returns its name, and what `auto` chose, in words
 * @throws `usage/unknown-backend`, and what `useBackend` throws
 */
export async function activateNamed(
  name = 'wasm',
): Promise<{ readonly backend: string; readonly choice: string | undefined }> {
  const { config, choice } = await resolveAuto({ backend: name, workers: 0 })
  const { backend } = config
  const make = Object.hasOwn(backends, backend) ? backends[backend] : undefined
  if (!make) throw unknownBackend(backend)
  await useBackend(make())
  return { backend, choice }
}

function unknownBackend(name: string): KshotError {
  return new KshotError('usage/unknown-backend', {
    got: `the backend '${name}'`,
    expected: `one of ${Object.keys(backends).join(', ')}`,
    remedy: 'See npx kshot ls backends',
  })
}
