// Runs the conformance suite on every backend that this machine can run, and writes what it showed into
// docs/backends.md: `pnpm backends:table [reference.json]`.
import { fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { commit, versions } from '../src/running/provenance'
import type { Found } from './column'
import { columns } from './columns'
import { BEGIN, END, type Examined, tableText } from './markdown'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const DOCS = here('../../../../docs/backends.md')
const [references = here('../../../../packages/testkit/data/reference-0.json')] =
  process.argv.slice(2)

function examine(title: string): Promise<Found> {
  const child = fork(here('./column.js'), [title, references], { stdio: ['ignore', 2, 2, 'ipc'] })
  return new Promise((resolve, reject) => {
    child.on('message', (found: Found) => resolve(found))
    child.on('exit', (code, signal) => reject(new Error(`${title} ended with ${signal ?? code}`)))
  })
}

const found: Examined[] = []
for (const title of Object.keys(columns)) {
  process.stderr.write(`${title} …\n`)
  found.push({ title, ...(await examine(title)) })
}
const written = readFileSync(DOCS, 'utf8')
const text = tableText(found, { commit: commit(), versions: versions() })
const [before, after] = [written.split(BEGIN)[0]!, written.split(END)[1]!]
writeFileSync(DOCS, `${before}${BEGIN}\n${text}${END}${after}`)

const wrong = found.flatMap((column) =>
  'cells' in column
    ? column.cells
        .filter(({ ok }) => !ok)
        .map(({ key, text }) => `${column.title}, ${key}: ${text}`)
    : [],
)
for (const line of wrong) process.stderr.write(`FAIL ${line}\n`)
process.exitCode = wrong.length > 0 ? 1 : 0
