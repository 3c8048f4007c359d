import { homedir } from 'node:os'
import { join } from 'node:path'

/** A folder of the user's cache, unless the environment says `KSHOT_CACHE=off`; it may not exist yet. */
export function userCache(name: string): string | undefined {
  const { KSHOT_CACHE, XDG_CACHE_HOME } = process.env
  if (KSHOT_CACHE === 'off') return undefined
  return join(KSHOT_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'kshot'), name)
}
