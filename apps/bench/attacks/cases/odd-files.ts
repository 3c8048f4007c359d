import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { aRun } from '../a-run'
import type { Attack } from '../attack'
import { folderFor, kshot, made } from '../command'
import { tally, wrong } from '../tally'

type Make = (path: string) => void

const filled =
  (text: string): Make =>
  (path) =>
    writeFileSync(path, text)
const sparse =
  (bytes: number): Make =>
  (path) => {
    const file = openSync(path, 'w')
    ftruncateSync(file, bytes)
    closeSync(file)
  }
const names = (n: number) =>
  `{${Array.from({ length: n }, (_, i) => `"${i.toString(36)}":1`).join(',')}}`
/** A safetensors file that is nothing but a header. */
const header =
  (text: string): Make =>
  (path) => {
    const prefix = Buffer.alloc(8)
    prefix.writeBigUInt64LE(BigInt(text.length))
    writeFileSync(path, Buffer.concat([prefix, Buffer.from(text)]))
  }

/** What no program expects where a file should be. */
const ODD: { readonly [name: string]: Make } = {
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  '/dev/zero': (path) => symlinkSync('/dev/zero', path),
  'a link to itself': (path) => symlinkSync(path, path),
  'a folder': (path) => mkdirSync(path),
  'a broken link': (path) => symlinkSync('/nowhere/at/all', path),
  '3 GiB of nothing': sparse(3 * 2 ** 30),
  '400 MiB of nothing': sparse(400 * 2 ** 20),
  'an empty file': filled(''),
  '8 MiB of brackets': filled('['.repeat(2 ** 23)),
  '4 MiB of braces': filled('{"a":'.repeat(800_000)),
  'a million names': filled(names(1_000_000)),
  'a long text': filled(`{"a":"${'x'.repeat(2 ** 23)}"}`),
  'a header of brackets': header(`{"a":${'['.repeat(2 ** 23)}`),
  'a header of names': header(names(700_000)),
  'a header of quotes': header(`{"a${'\\"'.repeat(2 ** 22)}":1}`),
  zeros: filled('\0'.repeat(100_000)),
}

/** Where they are put, and who reads them. */
const PLACES: readonly (readonly [file: string, args: readonly string[]])[] = [
  ['c.json', ['run', 'c.json', '--out', 'o']],
  ['x.safetensors', ['eval', 'x.safetensors']],
  ['b.json', ['leaderboard', 'b.json', '--out', 'o']],
  ['b/results.jsonl', ['report', 'b', '--quiet']],
  ['r/result.json', ['report', 'r', '--quiet']],
  ['t.csv', ['inspect', 't.csv']],
  ['t.jsonl', ['inspect', 't.jsonl']],
  ['p/a/x.png', ['classify', 'meta.safetensors', '--support', 'p', 'p/a/x.png']],
  ['e.json', ['verify', 'reference', 'e.json']],
]

export const attack: Attack = {
  name: 'odd files',
  promise: 'a pipe, device, loop, bomb or nothing in the place of any file is refused at once',
  attempts: { full: 16 * 9, short: 4 },
  // That of starting the command too.
  bound: { seconds: 4, mebibytes: 300 },
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('odd')
    await aRun(made(folder, 'run'))
    const all = Object.entries(ODD).flatMap(([name, make], i) =>
      PLACES.map(([file, args], k) => ({ name, make, file, args, order: (i * 5 + k * 7) % 97 })),
    )
    const chosen = n < all.length ? [...all].sort((a, b) => a.order - b.order).slice(0, n) : all
    for (const { name, make, file, args } of chosen) {
      const cwd = join(folder, 'here')
      rmSync(cwd, { recursive: true, force: true })
      mkdirSync(dirname(join(cwd, file)), { recursive: true })
      symlinkSync(join(folder, 'run/meta.safetensors'), join(cwd, 'meta.safetensors'))
      make(join(cwd, file))
      const ended = await kshot(args, { cwd, hangsMs: 60_000 })
      count.command(`${name} as ${file}`, ended, () =>
        ended.code === 0 ? wrong('accepted') : undefined,
      )
    }
    return count.outcome()
  },
}
