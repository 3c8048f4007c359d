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
    '  to do    Install a newer one, from https://nodejs.org or with the package manager of your system',
  ]
  process.stderr.write(`${rows.join('\n')}\n`)
  process.exitCode = 2
}
