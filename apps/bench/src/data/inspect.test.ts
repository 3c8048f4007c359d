import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { inspect } from './inspect'

const home = mkdtempSync(join(tmpdir(), 'kshot-inspect-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const rest = { kind: undefined, label: undefined }

describe('kshot inspect', () => {
  it('says what a folder of pictures is, and what is wrong with it', async () => {
    const path = join(home, 'photos')
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      mkdirSync(join(path, name), { recursive: true })
      const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#f00' } })
      await picture.png().toFile(join(path, name, '1.png'))
    }
    writeFileSync(join(path, 'a/2.jpg'), 'text')
    mkdirSync(join(path, 'empty'))
    const { kind, shape, understood, splits } = await inspect({ path, ...rest })
    expect([kind, shape]).toEqual(['images', [40, 40, 3]])
    expect(splits.train).toHaveLength(3)
    expect(understood.broken).toHaveLength(1)
    expect(understood.small).toEqual([{ id: 'empty', size: 0 }])
  })

  it('tells tables of texts from tables of vectors', async () => {
    const write = (name: string, text: string) => {
      writeFileSync(join(home, name), text)
      return join(home, name)
    }
    const texts = write('t.csv', 'label;text\na;hello\nb;world\n')
    expect(await inspect({ path: texts, ...rest })).toMatchObject({ kind: 'texts' })
    const vectors = write('v.csv', 'species,x,y\na,1,2\nb,3,4\n')
    const found = await inspect({ path: vectors, ...rest, label: 'species' })
    expect(found).toMatchObject({ kind: 'vectors', shape: [2] })
  })
})
