import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { contactSheet } from '../report/contact-sheet'
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
    const { inspected, data } = await inspect({ path, ...rest })
    const { kind, shape, understood, splits, problems, duplicates } = inspected
    expect([kind, shape]).toEqual(['images', [40, 40, 3]])
    expect(splits.train).toHaveLength(3)
    expect(understood.broken).toHaveLength(1)
    expect(understood.small).toEqual([{ id: 'empty', size: 0 }])
    expect(duplicates).toHaveLength(1)
    expect(duplicates[0]).toMatchObject({ acrossClasses: true })
    const told = problems.join('\n')
    expect(told).toMatch('fewer than two classes in validation 1, test 1')
    expect(told).toMatch('5 classes with one example only')
    expect(told).toMatch(/1 picture unreadable \(.*\): a\/2.jpg/)
    expect(told).toMatch(/in more than one class: \w\/1.png = \w\/1.png/)
    const sheet = await contactSheet(inspected, data)
    expect(sheet.match(/<img src="data:image\/png/g)).toHaveLength(5)
    expect(sheet).toContain('title="' + join(path, 'a/1.png'))
    expect(sheet).not.toMatch(/<script|src="http/)
  })

  it('tells tables of texts from tables of vectors', async () => {
    const write = (name: string, text: string) => {
      writeFileSync(join(home, name), text)
      return join(home, name)
    }
    const texts = write('t.csv', 'label;text\na;hello\nb;world\n')
    const { inspected } = await inspect({ path: texts, ...rest })
    expect(inspected).toMatchObject({ kind: 'texts' })
    const vectors = write('v.csv', 'species,x,y\na,1,2\nb,3,4\n')
    const found = await inspect({ path: vectors, ...rest, label: 'species' })
    expect(found.inspected).toMatchObject({ kind: 'vectors', shape: [2] })
    // As they stand in the file: nothing is standardised.
    expect(await contactSheet(found.inspected, found.data)).toMatch('<p title="' + vectors)
    const again = write('d.csv', 'label,x,y\na,1,2\na,1,2\nb,3,4\n<i>,1,2\n')
    const twice = await inspect({ path: again, ...rest })
    expect(twice.inspected.problems.join()).toMatch('d.csv, line 2')
    expect(await contactSheet(twice.inspected, twice.data)).toMatch('&lt;i&gt;')
  })
})
