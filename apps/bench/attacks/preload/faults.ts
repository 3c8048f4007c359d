// The disk is full from one write on, or no more files can be opened from one file on.
// KSHOT_FAULT: { on: 'write' | 'open', from, code }. What is counted is said at the end, in KSHOT_FAULT_SEEN.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

interface Wanted {
  readonly on: 'write' | 'open'
  readonly from: number
  readonly code: string
}

const { KSHOT_FAULT = '', KSHOT_FAULT_SEEN } = process.env
const wanted = JSON.parse(KSHOT_FAULT) as Wanted
const report = fs.appendFileSync
let seen = 0

function strikes(on: Wanted['on']): boolean {
  return on === wanted.on && ++seen >= wanted.from
}

function fault(what: string): NodeJS.ErrnoException {
  const { code } = wanted
  return Object.assign(new Error(`${code}: a fault of the test, ${what}`), { code, syscall: what })
}

type Functions = { [name: string]: (...args: never[]) => unknown }

/** Puts a function in the place of one that fails when it is its turn. */
function broken(object: object, name: string, on: Wanted['on'], spared = (_: unknown) => false) {
  const functions = object as Functions
  const real = functions[name]!
  functions[name] = function (this: unknown, ...args: never[]) {
    if (spared(args[0]) || !strikes(on)) return real.apply(this, args)
    if (!name.endsWith('Sync')) return Promise.reject(fault(name))
    throw fault(name)
  }
}

/** What a process prints is no file. */
const isStandard = (file: unknown) => typeof file === 'number' && file <= 2

for (const name of ['writeSync', 'writeFileSync', 'appendFileSync', 'mkdirSync', 'fsyncSync']) {
  broken(fs, name, 'write', isStandard)
}
for (const name of ['writeFile', 'appendFile', 'mkdir', 'link', 'rename', 'copyFile']) {
  broken(fs.promises, name, 'write')
}
for (const name of ['openSync', 'readFileSync', 'readdirSync']) broken(fs, name, 'open', isStandard)
for (const name of ['open', 'readFile', 'readdir', 'opendir']) broken(fs.promises, name, 'open')

// Half of what was to be written is there, as on a disk that fills up.
const handle = await fs.promises.open(process.execPath)
const prototype = Object.getPrototypeOf(handle) as {
  writeFile(data: Uint8Array | string): Promise<void>
  sync(): Promise<void>
}
await handle.close()
const { writeFile, sync } = prototype
prototype.writeFile = async function (data) {
  if (!strikes('write')) return writeFile.call(this, data)
  await writeFile.call(this, data.slice(0, data.length >> 1) as typeof data)
  throw fault('write')
}
prototype.sync = async function () {
  if (strikes('write')) throw fault('fsync')
  return sync.call(this)
}
seen = 0
syncBuiltinESMExports()

process.on('exit', () => {
  if (KSHOT_FAULT_SEEN) report(KSHOT_FAULT_SEEN, `${seen}\n`)
})
