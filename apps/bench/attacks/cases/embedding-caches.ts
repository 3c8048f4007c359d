import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { wasm } from '@kshot/backend-wasm'
import { cached, type EmbeddingStore, useBackend } from '@kshot/core'
import { folderStore, packStore } from '@kshot/core/node'
import fc from 'fast-check'
import { type Attack, REFUSED } from '../attack'
import { folderFor } from '../command'
import { damage } from '../damage'
import { inputs } from '../random'
import { type Fault, tally, wrong } from '../tally'
import { letters } from './two-processes'

const TEXTS = Array.from({ length: 12 }, (_, i) => 'ab'.repeat(i) + 'b'.repeat(i % 3))

/** What becomes of one file of a cache, or of two. */
type Change = (path: string, other: string) => void

const replaced = (make: (path: string) => void) => (path: string) => {
  rmSync(path, { recursive: true, force: true })
  make(path)
}

const ODD: { readonly [kind: string]: Change } = {
  swapped: (path, other) => {
    renameSync(path, `${path}.x`)
    renameSync(other, path)
    renameSync(`${path}.x`, other)
  },
  copied: (path, other) => writeFileSync(path, readFileSync(other)),
  gone: (path) => rmSync(path),
  'a FIFO': replaced((path) => execFileSync('mkfifo', [path])),
  '/dev/zero': replaced((path) => symlinkSync('/dev/zero', path)),
  'a link to itself': replaced((path) => symlinkSync(path, path)),
  'a broken link': replaced((path) => symlinkSync('/nowhere/at/all', path)),
  'a folder': replaced((path) => mkdirSync(path)),
  '3 GiB of nothing': replaced((path) => {
    const file = openSync(path, 'w')
    ftruncateSync(file, 3 * 2 ** 30)
    closeSync(file)
  }),
  'a long tail': (path) => {
    const file = openSync(path, 'r+')
    ftruncateSync(file, 3 * 2 ** 30)
    closeSync(file)
  },
  'two numbers more': (path) =>
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(8, 1)])),
  'many rows': (path) => {
    const bytes = readFileSync(path)
    if (bytes.length > 16) bytes.writeUInt32LE(2 ** 32 - 1, 12)
    writeFileSync(path, bytes)
  },
  'long rows': (path) => {
    const bytes = readFileSync(path)
    if (bytes.length > 16) bytes.writeUInt32LE(2 ** 30, 8)
    writeFileSync(path, bytes)
  },
}

const change: fc.Arbitrary<{ readonly kind: string; readonly change: Change }> = fc.oneof(
  damage.map(({ kind, apply }) => ({
    kind,
    change: (path: string) => writeFileSync(path, apply(new Uint8Array(readFileSync(path)))),
  })),
  fc.constantFrom(...Object.entries(ODD)).map(([kind, odd]) => ({ kind, change: odd })),
)

const STORES = { files: folderStore, packs: packStore }

export const attack: Attack = {
  name: 'embedding caches',
  promise:
    'a damaged, swapped or odd file in a cache of embeddings is not believed: the embeddings are those of the encoder',
  attempts: { full: 2_000, short: 60 },
  bound: REFUSED,
  async run(n) {
    await useBackend(wasm())
    const count = tally(this.bound)
    const folder = folderFor('caches')
    const right = await embeddings()
    let i = 0
    for (const { kind, change: apply } of inputs(change, n)) {
      const name = i % 2 === 0 ? 'files' : 'packs'
      const place = join(folder, String(i++))
      await filled(STORES[name](place))
      const files = filesIn(place)
      apply(files[i % files.length]!, files[(i + 1) % files.length]!)
      const judge = (got: string): Fault | undefined =>
        got === right ? undefined : wrong('other embeddings')
      await count.attempt(`${name}, ${kind}`, () => embeddings(STORES[name](place)), judge)
      rmSync(place, { recursive: true, force: true })
    }
    return count.outcome()
  },
}

/** In packs of a few rows. */
async function filled(store: EmbeddingStore): Promise<void> {
  for (let from = 0; from < TEXTS.length; from += 4) {
    const encoder = cached(letters(), store)
    const rows = await encoder.encode(TEXTS.slice(from, from + 4))
    rows.dispose()
    await store.flush?.()
  }
}

async function embeddings(store?: EmbeddingStore): Promise<string> {
  const encoder = store ? cached(letters(), store) : letters()
  const rows = await encoder.encode(TEXTS)
  const values = await rows.data()
  rows.dispose()
  await store?.flush?.()
  return values.join()
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }) as string[]
  return names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
}
