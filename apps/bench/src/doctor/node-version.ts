/** The oldest Node that kshot runs on. */
const OLDEST = [20, 19] as const

export interface NodeVersion {
  readonly version: string
  readonly ok: boolean
  readonly needs: string
}

/** Whether this Node is new enough. */
export function nodeVersion(version = process.versions.node): NodeVersion {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const ok = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
  return { version, ok, needs: `${OLDEST.join('.')} or newer` }
}
