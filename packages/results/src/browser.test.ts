import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

it('is bundled for a browser without a module of Node', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: "export * from '@kshot/results'",
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
      loader: 'ts',
    },
    alias: { '@kshot/results': fileURLToPath(new URL('./index.ts', import.meta.url)) },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@kshot/source'],
    mainFields: ['browser', 'module', 'main'],
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs.filter((path) => /^(node:|.*\bbackend-)/.test(path))).toEqual([])
  expect(outputFiles[0]!.text).not.toMatch(/\bnode:(fs|path|os|url|process)\b/)
  // What it exports is there, and runs without anything of Node.
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`
  const bundle = (await import(/* @vite-ignore */ url)) as typeof import('./index')
  expect(bundle.tInterval([0.9, 0.8, 1]).halfWidth).toBeCloseTo(0.2484, 4)
  expect(bundle.parseResults('')).toEqual([])
}, 120_000)
