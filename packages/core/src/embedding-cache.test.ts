import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { activate, leaked } from '@kshot/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cached, type EmbeddingStore, memoryStore } from './embedding-cache'
import { folderStore } from './embedding-folder'
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
