import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formOf } from './kit/src/form'

const root = new URL('.', import.meta.url)
const out = mkdtempSync(join(tmpdir(), 'kshot-examples-'))
const fields = readdirSync(root).filter((name) => existsSync(new URL(`${name}/src/main.ts`, root)))
afterAll(() => rmSync(out, { recursive: true }))

/** Where data has to be fetched and is not here, a short form takes drawn numbers. */
describe.each(fields)('the example %s', (name) => {
  it('runs in a short form: a table, and a picture of numbers', async () => {
    const { main } = await import(new URL(`${name}/src/main.ts`, root).href)
    const printed = (await main(formOf(['--short', '--out', out]))) as string
    expect(printed).toMatch(/│/)
    expect(printed).not.toMatch(/NaN|undefined/)
    const svg = readFileSync(join(out, `${name}.svg`), 'utf8')
    expect(svg).toMatch(/^<svg /)
    expect(svg).not.toContain('NaN')
  })

  it('has a page of its own, with the lines that matter', () => {
    const page = readFileSync(new URL(`${name}/README.md`, root), 'utf8')
    expect(page).toMatch(new RegExp(`pnpm@[0-9.]+ example ${name}`))
    for (const section of ['Who has this problem', 'What came out', 'When not to use it']) {
      expect(page).toContain(`## ${section}`)
    }
    expect(page.match(/```ts\n/g)).toHaveLength(1)
  })
})
