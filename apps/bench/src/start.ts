#!/usr/bin/env node
import { nodeVersion } from './doctor/node-version'

// Before anything is imported that an older Node cannot read.
const { ok, version, needs } = nodeVersion()
if (ok) await import('./cli').catch(tooManyFiles)
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

/** Node opens hundreds of files to load a program, before anything else could say what is wrong. */
function tooManyFiles(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error
  const rows = [
    `error system/too-many-files`,
    `  got      ${error.message}`,
    '  expected room for more open files',
    '  to do    Raise the limit, as with: ulimit -n 4096',
  ]
  process.stderr.write(`${rows.join('\n')}\n`)
  process.exitCode = 1
}
