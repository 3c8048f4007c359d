import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseResults, withoutTimes } from '@kshot/results'
import { withoutMeasurements } from '../src/running/result'
import { FILES } from '../src/running/run-folder'

/** What two runs of one seed have in common: all bytes but times. */
export function fingerprint(folder: string): string {
  const path = (name: string) => join(folder, name)
  const whole = [FILES.checkpoint, FILES.meta, FILES.episodes, FILES.config].map((name) =>
    existsSync(path(name)) ? readFileSync(path(name)).toString('base64') : `no ${name}`,
  )
  const result = JSON.parse(readFileSync(path(FILES.result), 'utf8'))
  const log = readFileSync(path(FILES.log), 'utf8').trim().split('\n')
  const lines = log.map((line) => ({ ...JSON.parse(line), seconds: 0 }))
  // Another attack may change the tree, and with it the name of its commit.
  return JSON.stringify([whole, { ...withoutMeasurements(result), commit: null }, lines])
}

/** The rows of a leaderboard without times. */
export function rowsOf(folder: string): string {
  const text = readFileSync(join(folder, 'results.jsonl'), 'utf8')
  return JSON.stringify(
    parseResults(text).map((row) => ({ ...(withoutTimes(row) as object), commit: null })),
  )
}

/** What a process leaves behind that was killed. */
export function leftIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true }) as string[]
  return names.filter((name) => /\.tmp$|(^|\/)lock(\.takeover)?$/.test(name))
}
