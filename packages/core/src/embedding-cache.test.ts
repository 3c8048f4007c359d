import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { activate, leaked } from '@kshot/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cached, type EmbeddingStore, memoryStore } from './embedding-cache'
import { folderStore } from './embedding-folder'
import { layeredStore, packStore } from './embedding-packs'
import { customEncoder, type Encoder } from './encoder'

const folder = mkdtempSync(join(tmpdir(), 'kshot-embeddings-'))
beforeAll(() => activate('cpu'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let asked: string[]
beforeEach(() => {
  asked = []
})

const counting = (version = '1'): Encoder<string> =>
  customEncoder({
    name: 'lengths',
    dimensions: 2,
    version,
    encode: (texts: readonly string[]) => {
      asked.push(...texts)
      return texts.map((text) => [text.length, Number(version)])
    },
  })

async function rows(encoder: Encoder<string>, ...texts: string[]): Promise<number[][]> {
  const encoded = await encoder.encode(texts)
  const values = (await encoded.array()) as number[][]
  encoded.dispose()
  return values
}

let stores = 0
describe.each<[string, () => EmbeddingStore]>([
  ['memory', () => memoryStore()],
  ['a folder', () => folderStore(join(folder, `new/${stores++}`))],
  ['packs', () => packStore(join(folder, `new/${stores++}`))],
  ['two places', () => layeredStore([memoryStore(), packStore(join(folder, `new/${stores++}`))])],
])('embeddings kept in %s', (_, makeStore) => {
  it('are encoded once, in the order of their inputs', async () => {
    const encoder = cached(counting(), makeStore())
    expect(await rows(encoder, 'a', 'bb', 'a')).toEqual([1, 2, 1].map((n) => [n, 1]))
    expect(await rows(encoder, 'bb', 'ccc', 'a')).toEqual([2, 3, 1].map((n) => [n, 1]))
    expect(asked).toEqual(['a', 'bb', 'ccc'])
    expect((await encoder.encode([])).shape).toEqual([0, 2])
  })

  it('are those of one version of one encoder', async () => {
    const store = makeStore()
    await rows(cached(counting('1'), store), 'a')
    expect(await rows(cached(counting('2'), store), 'a')).toEqual([[1, 2]])
    expect(asked).toEqual(['a', 'a'])
  })

  it('of many inputs leave no tensor', async () => {
    const encoder = cached(counting(), makeStore())
    const texts = Array.from({ length: 200 }, (_, i) => 'x'.repeat(i % 150))
    const left = await leaked(async () => {
      const found = await rows(encoder, ...texts)
      expect(found.map(([n]) => n)).toEqual(texts.map((text) => text.length))
    })
    expect(left).toBe(0)
    expect(asked).toHaveLength(150)
  })
})

it('memory forgets what was not used for longest', async () => {
  const encoder = cached(counting(), memoryStore({ entries: 2 }))
  for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await rows(encoder, text)
  expect(asked).toEqual(['a', 'b', 'c', 'b'])
})

it('a failure keeps nothing, and the next call tries again', async () => {
  let fails = true
  const store = memoryStore()
  const encoder = cached(
    customEncoder({
      name: 'failing',
      dimensions: 1,
      encode: (texts: readonly string[]) => {
        if (fails) throw new Error('no')
        return texts.map(() => [1])
      },
    }),
    store,
  )
  await expect(encoder.encode(['a'])).rejects.toThrow('no')
  fails = false
  expect(await rows(encoder, 'a')).toEqual([[1]])
})

it('inputs without content are refused', async () => {
  const encoder = cached(customEncoder({ name: 'x', dimensions: 1, encode: () => [[1]] }))
  await expect(encoder.encode([{}])).rejects.toMatchObject({ code: 'encoder/no-content' })
})

describe('a folder of embeddings', () => {
  it('serves the next process', async () => {
    const path = join(folder, 'again')
    await rows(cached(counting(), folderStore(path)), 'a')
    expect(await rows(cached(counting(), folderStore(path)), 'a')).toEqual([[1, 1]])
    expect(asked).toEqual(['a'])
  })

  it('is not believed where it is damaged or cut', async () => {
    const path = join(folder, 'damaged')
    const encoder = () => cached(counting(), folderStore(path))
    await rows(encoder(), 'a')
    const [file] = readdirSync(path, { recursive: true, withFileTypes: true }).filter((f) =>
      f.isFile(),
    )
    for (const bytes of [Uint8Array.of(), Uint8Array.of(1, 2, 3), new Uint8Array(12).fill(7)]) {
      writeFileSync(join(file!.parentPath, file!.name), bytes)
      expect(await rows(encoder(), 'a')).toEqual([[1, 1]])
    }
    expect(asked).toEqual(['a', 'a', 'a', 'a'])
  })

  it('that cannot be written is an error', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, '')
    const encoder = cached(counting(), folderStore(path))
    await expect(encoder.encode(['a'])).rejects.toMatchObject({ code: 'encoder/cache-unwritable' })
  })
})

describe('a cache', () => {
  it('does not believe a file of another input', async () => {
    const path = join(folder, 'swapped')
    const encode = () => rows(cached(counting(), folderStore(path)), 'a', 'bb')
    await encode()
    const files = readdirSync(path, { recursive: true }) as string[]
    const [one, two] = files.map((name) => join(path, name)).filter((name) => /f32$/.test(name))
    writeFileSync(one!, readFileSync(two!))
    expect(await encode()).toEqual([1, 2].map((n) => [n, 1]))
  })

  it('waits for no pipe', async () => {
    const path = join(folder, 'pipes')
    mkdirSync(path)
    execFileSync('mkfifo', [join(path, 'x.embeddings')])
    expect(await rows(cached(counting(), packStore(path)), 'a')).toEqual([[1, 1]])
  })

  it('tells half a character from what UTF-8 has for it', async () => {
    const encoder = cached(counting(), memoryStore())
    await rows(encoder, 'a\ufffd')
    await rows(encoder, 'a\ud800', 'a\udc00')
    expect(asked).toEqual(['a\ufffd', 'a\ud800', 'a\udc00'])
  })

  it('refuses a single input', async () => {
    const one = cached(counting()).encode('a' as never)
    await expect(one).rejects.toMatchObject({ code: 'encoder/not-a-list' })
  })
})

describe('packs of embeddings', () => {
  const texts = Array.from({ length: 2500 }, (_, i) => `${i}`.padEnd(i % 90, '.'))
  const encode = async (path: string) => {
    const store = packStore(path)
    const found = await rows(cached(counting(), store), ...texts)
    await store.flush!()
    expect(found.map(([n]) => n)).toEqual(texts.map(({ length }) => length))
  }
  const packs = (path: string) => readdirSync(path).filter((name) => name.endsWith('.embeddings'))

  it('serve the next process, in few files', async () => {
    const path = join(folder, 'packs')
    await encode(path)
    expect(packs(path)).toHaveLength(3)
    expect(readdirSync(path)).toHaveLength(3)
    await encode(path)
    expect(asked).toHaveLength(2500)
    expect(packs(path)).toHaveLength(3)
  })

  it('are not believed where they are damaged, cut or something else', async () => {
    const path = join(folder, 'damaged-packs')
    await encode(path)
    const files = packs(path).map((name) => join(path, name))
    const change = (file: string, damage: (bytes: Buffer) => Uint8Array) =>
      writeFileSync(file, damage(readFileSync(file)))
    const flipped = (at: number) => (bytes: Buffer) => {
      bytes[bytes.length + at]! ^= 1
      return bytes
    }
    change(files[0]!, flipped(-5))
    asked = []
    await encode(path)
    expect(asked).toHaveLength(1)
    change(files[1]!, (bytes) => bytes.subarray(0, bytes.length - 30))
    change(files[2]!, (bytes) => flipped(30 - bytes.length)(bytes))
    writeFileSync(join(path, 'other.embeddings'), 'no pack')
    writeFileSync(join(path, 'huge.embeddings'), new Uint8Array(16).fill(255))
    asked = []
    await encode(path)
    expect(asked.length).toBeGreaterThan(4)
    expect(asked.length).toBeLessThan(1100)
    asked = []
    await encode(path)
    expect(asked).toEqual([])
  })

  it('that cannot be written are an error', async () => {
    const path = join(folder, 'no-folder')
    writeFileSync(path, '')
    const store = packStore(path)
    await cached(counting(), store).encode(['a'])
    await expect(store.flush!()).rejects.toMatchObject({ code: 'encoder/cache-unwritable' })
  })
})

it('the second place is filled from the first, and the other way round', async () => {
  const [near, far] = [memoryStore(), memoryStore()]
  await rows(cached(counting(), far), 'a')
  await rows(cached(counting(), layeredStore([near, far])), 'a', 'b')
  expect(asked).toEqual(['a', 'b'])
  for (const store of [near, far]) await rows(cached(counting(), store), 'a', 'b')
  expect(asked).toEqual(['a', 'b'])
})
