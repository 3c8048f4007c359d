import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { DatasetCard } from '@kshot/core/card'
import { episodes, type Splits } from '@kshot/episodes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaOf } from '../src/catalogue/roles'
import { zodOf } from '../src/catalogue/zod'
import { cleanUp, home } from './kshot'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const guide = readFileSync(join(root, 'docs/adding-a-data-set.md'), 'utf8')

/** The files of the guide, by the name in their first line. */
const files = [...guide.matchAll(/```(?:js|json)\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
  ([, name, code]) => [name!, code!] as const,
)

function link(name: string, to: string) {
  const path = join(home, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(to, path)
}

const imported = (file: string) => import(pathToFileURL(join(home, file)).href)

describe('docs/adding-a-data-set.md', () => {
  beforeAll(() => {
    link('@kshot/core', join(root, 'packages/core'))
    link('@kshot/testkit', join(root, 'packages/testkit'))
    link('vitest', join(root, 'node_modules/vitest'))
    link('stripes', home)
    for (const [name, code] of files) writeFileSync(join(home, name), code)
  })
  afterAll(cleanUp)

  it('has all the files that it speaks of', () => {
    const names = ['package.json', 'options.js', 'index.js', 'card.js', 'stripes.test.js']
    expect(files.map(([name]) => name)).toEqual(names)
  })

  it('makes a data set whose card and factory take the same options', async () => {
    const { cards } = (await imported('card.js')) as { cards: readonly DatasetCard[] }
    const { stripes } = (await imported('index.js')) as {
      stripes(options?: object): Promise<Splits>
    }
    const { distort: _, ...options } = zodOf(cards[0]!.options, schemaOf).parse({
      edges: 'hard',
    }) as { readonly [name: string]: unknown }
    expect(options).toEqual({ size: 28, edges: 'hard' })
    const { test } = await stripes(options)
    const { taskSpec, plan } = episodes(test, { ways: 5, shots: 1, queries: 1, seed: 1 })
    expect(taskSpec).toEqual({ inputShape: [28, 28, 1], ways: 5 })
    expect(plan(0).support).toHaveLength(5)
    await expect(stripes({ edges: 'round' })).rejects.toMatchObject({ code: 'stripes/bad-option' })
  })

  it('makes a data set that passes the suite', () => {
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', home]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: home,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    expect({ status, out: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({
      status: 0,
      out: '',
    })
  }, 600_000)
})
