import type { ConfigInput } from '../schema'

/** A configuration that has a name. */
export interface Preset {
  readonly description: string
  readonly config: ConfigInput
}

export type Presets = { readonly [name: string]: Preset }

/** The four settings in which the papers report Omniglot. */
export const OMNIGLOT_SETTINGS = [
  { ways: 5, shots: 1 },
  { ways: 5, shots: 5 },
  { ways: 20, shots: 1 },
  { ways: 20, shots: 5 },
] as const

export interface Setting {
  readonly ways: number
  readonly shots: number
}

/** One preset for each of the settings: `<prefix>-5w1s`, … */
export function perSetting(prefix: string, build: (setting: Setting) => Preset): Presets {
  return Object.fromEntries(
    OMNIGLOT_SETTINGS.map((setting) => [
      `${prefix}-${setting.ways}w${setting.shots}s`,
      build(setting),
    ]),
  )
}
