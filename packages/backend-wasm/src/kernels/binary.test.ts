import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

// not TypeScript: a build script, which the package does not ship
const script = '../../scripts/build-wasm.mjs'
const { names, fileOf, textOf } = (await import(/* @vite-ignore */ script)) as {
  names: string[]
  fileOf(name: string): string
  textOf(name: string): Promise<string>
}

it.each(names)('the committed module %s is what its source compiles to', async (name) => {
  // compared as booleans: a difference of two binaries is nothing to print
  expect((await textOf(name)) === readFileSync(fileOf(name), 'utf8')).toBe(true)
})
