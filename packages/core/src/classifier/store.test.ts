import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeCheckpoint } from '../checkpoint'
import { file } from '../node'
import { indexedDb } from './store'

const home = mkdtempSync(join(tmpdir(), 'kshot-store-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('stores of bytes', () => {
  it('a file gives back what was written, and leaves nothing beside it', async () => {
    const store = file(join(home, 'tools.safetensors'))
    await expect(store.read()).rejects.toMatchObject({ code: 'store/nothing-there' })
    await store.write(await encodeCheckpoint({ trees: {}, json: 'first, and longer' }))
    const second = await encodeCheckpoint({ trees: {}, json: 'second' })
    await store.write(second)
    expect([...(await store.read())]).toEqual([...second])
    await store.write(Uint8Array.of(4))
    await expect(store.read()).rejects.toMatchObject({ code: 'checkpoint/damaged' })
    expect(readdirSync(home)).toEqual(['tools.safetensors'])
    await expect(file(join(home, 'no/such/folder')).write(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'checkpoint/unwritable',
    })
  })

  it('IndexedDB is said to be missing where it is', async () => {
    await expect(indexedDb('tools').write(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'store/unavailable',
    })
  })
})
