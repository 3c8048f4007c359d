import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../attacks/attack'
import { attacks } from '../attacks/attacks'

const one = fileURLToPath(new URL('../dist/attacks/one.js', import.meta.url))
if (!existsSync(one)) throw new Error(`${one} is missing: build first (pnpm build)`)

// Each in a process of its own, as pnpm attack runs them: what it takes is its own.
// Those without a short form take minutes.
const quick = attacks.filter(({ attempts }) => attempts.short > 0)

describe('a small part of each attack', () => {
  it.each(quick.map(({ name, attempts }) => [name, attempts.short] as const))(
    '%s: nothing untyped, wrong, lost or over its bound',
    async (name, n) => {
      const { stdout } = await promisify(execFile)(process.execPath, [one, name, String(n)])
      const outcome = JSON.parse(stdout.trim().split('\n').at(-1)!) as Outcome
      expect(outcome.faults).toEqual([])
      expect(outcome.failed).toBe(0)
      expect(outcome.tried).toBeGreaterThanOrEqual(n)
    },
  )
})
