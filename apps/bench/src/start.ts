#!/usr/bin/env node
import { nodeVersion } from './doctor/node-version'

// Before anything is imported that an older Node cannot read.
const { ok, version, needs } = nodeVersion()
if (ok) await import('./cli')
else {
  const rows = [
    `error usage/node-version`,
    `  got      Node ${version}, at ${process.execPath}`,
    `  expected Node ${needs}`,
    `  to do    Install it from https://nodejs.org, or put npx --yes node@22 before the command in the place of node`,
  ]
  process.stderr.write(`${rows.join('\n')}\n`)
  process.exitCode = 2
}
