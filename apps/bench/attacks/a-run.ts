import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '../src/configuration/config'
import type { Config } from '../src/configuration/schema'
import { run } from '../src/running/run'
import { FILES } from '../src/running/run-folder'

/** A run of a second, whose files are attacked. */
export const tiny = {
  learner: { name: 'protonet', backbone: { name: 'conv4', filters: 2 } },
  dataset: { name: 'glyphs' },
  train: {
    ways: 3,
    shots: 1,
    queries: 2,
    steps: 8,
    checkpointEvery: 2,
    optimizer: { name: 'adam', rate: 0.003 },
  },
  validate: { ways: 3, shots: 1, queries: 2, episodes: 2, every: 4 },
  test: { ways: 3, shots: 1, queries: 2, episodes: 4 },
  seed: 7,
}

/** A leaderboard of one cell. */
export const tinyBoard = {
  data: { kind: 'glyphs' },
  learners: ['protonet'],
  filters: 2,
  settings: [{ ways: 3, shots: 1, queries: 2 }],
  seeds: [1],
  budget: { images: 72 },
  train: { queries: 2, checkpointEvery: 2 },
  validate: { episodes: 2, checks: 2 },
  test: { episodes: 4 },
}

export interface ARun {
  readonly folder: string
  readonly config: Config
  bytes(file: keyof typeof FILES): Uint8Array
  text(file: keyof typeof FILES): string
}

/** Runs the tiny configuration in this process. */
export async function aRun(folder: string): Promise<ARun> {
  const config = parseConfig(tiny)
  const { signal } = new AbortController()
  const on = { note: () => {} }
  await run({ config, folder, resume: false, data: undefined, signal, on: on as never })
  const bytes = (file: keyof typeof FILES) =>
    new Uint8Array(readFileSync(join(folder, FILES[file])))
  return { folder, config, bytes, text: (file) => Buffer.from(bytes(file)).toString() }
}

export function writtenJson(path: string, value: unknown): string {
  writeFileSync(path, JSON.stringify(value))
  return path
}
