import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DatasetCard } from '@kshot/core/card'
import { episodes, type Splits } from '@kshot/episodes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaOf } from '../src/catalogue/roles'
import { zodOf } from '../src/catalogue/zod'
import { expectTestsToPass, filesOf, installed } from './guide'
import { cleanUp, home } from './kshot'

const GUIDE = 'docs/adding-a-data-set.md'

const imported = (file: string) => import(pathToFileURL(join(home, file)).href)

describe(GUIDE, () => {
  beforeAll(() => installed('stripes', GUIDE))
  afterAll(cleanUp)

  it('has all the files that it speaks of', () => {
    const names = ['package.json', 'options.js', 'index.js', 'card.js', 'stripes.test.js']
    expect(filesOf(GUIDE).map(([name]) => name)).toEqual(names)
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
    expectTestsToPass()
  }, 600_000)
})
