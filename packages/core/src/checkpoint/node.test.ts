import '@tensorflow/tfjs-backend-cpu'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory, setBackend, tensor } from '@tensorflow/tfjs-core'
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  readCheckpointBytes,
  readCheckpointFile,
  writeCheckpointFile,
  writeFileAtomic,
} from '../node'
import * as tree from '../tree'

let folder: string

beforeAll(async () => {
  await setBackend('cpu')
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kshot-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const unwritable = (remedy: RegExp) => ({
  code: 'checkpoint/unwritable',
  remedy: expect.stringMatching(remedy),
})

describe('writeFileAtomic', () => {
  it('writes text and bytes, replaces them, and leaves nothing beside', async () => {
    const path = join(folder, 'a.txt')
    await writeFileAtomic(path, 'grüße')
    expect(await readFile(path, 'utf8')).toBe('grüße')
    await writeFileAtomic(path, Uint8Array.of(1, 2))
    expect([...(await readFile(path))]).toEqual([1, 2])
    expect(await readdir(folder)).toEqual(['a.txt'])
  })

  it('makes of many writers at once one whole file', async () => {
    const path = join(folder, 'a.txt')
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000))
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)))
    expect(texts).toContain(await readFile(path, 'utf8'))
    expect(await readdir(folder)).toEqual(['a.txt'])
  })

  it('says that the folder is missing', async () => {
    const writing = writeFileAtomic(join(folder, 'no', 'a.txt'), 'x')
    await expect(writing).rejects.toMatchObject(unwritable(/Create the folder/))
  })

  it('says that a file stands in place of the folder', async () => {
    await writeFile(join(folder, 'file'), 'x')
    const writing = writeFileAtomic(join(folder, 'file', 'a.txt'), 'x')
    await expect(writing).rejects.toMatchObject(unwritable(/A file stands where the folder/))
  })

  it('leaves what is there when the rename fails, and removes its temporary file', async () => {
    const path = join(folder, 'taken')
    await mkdir(path)
    await writeFile(join(path, 'old'), 'whole')
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject(unwritable(/A folder stands/))
    expect(await readdir(folder)).toEqual(['taken'])
    expect(await readFile(join(path, 'old'), 'utf8')).toBe('whole')
  })

  it('is never seen half-written, whenever the process is killed', async () => {
    const path = join(folder, 'a.bin')
    const writer = await plainWriter()
    for (const delay of [0, 2, 5, 9, 14]) {
      const child = spawn(process.execPath, [writer, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await new Promise((resolve) => child.stdout.once('data', resolve))
      await new Promise((resolve) => setTimeout(resolve, delay))
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      const bytes = await readFile(path)
      expect(bytes.length).toBe(4_000_000)
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true)
    }
  })

  // writeFileAtomic in a loop, as a program that bare Node can run.
  async function plainWriter(): Promise<string> {
    const sources = { errors: '../errors.ts', 'write-file': './write-file.ts' }
    for (const [name, source] of Object.entries(sources)) {
      const text = await readFile(new URL(source, import.meta.url), 'utf8')
      const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 }
      const { outputText } = transpileModule(text, { compilerOptions })
      const linked = outputText.replace("'../errors'", "'./errors.mjs'")
      await writeFile(join(folder, `${name}.mjs`), linked)
    }
    await writeFile(join(folder, 'writer.mjs'), WRITER)
    return join(folder, 'writer.mjs')
  }
})

const WRITER = `
import { writeFileAtomic } from './write-file.mjs'
for (let i = 0; ; i++) {
  await writeFileAtomic(process.argv[2], new Uint8Array(4_000_000).fill(i))
  if (i === 0) console.log('written')
}
`

describe('checkpoint files', () => {
  it('read back what was written', async () => {
    const path = join(folder, 'last.safetensors')
    const before = memory().numTensors
    const trees = { params: { w: tensor([1, 2]) } }
    await writeCheckpointFile(path, { trees, json: { step: 3 } })
    const read = await readCheckpointFile(path)
    expect(read.json).toEqual({ step: 3 })
    expect(await tree.equal(read.trees, trees)).toBe(true)
    tree.dispose([trees, read.trees])
    expect(memory().numTensors).toBe(before)
  })

  it('stay as they were when the new one is no checkpoint', async () => {
    const path = join(folder, 'last.safetensors')
    await writeCheckpointFile(path, { trees: {}, json: 1 })
    const writing = writeCheckpointFile(path, { trees: {}, json: Number.NaN })
    await expect(writing).rejects.toMatchObject({ code: 'checkpoint/not-json' })
    expect((await readCheckpointFile(path)).json).toBe(1)
  })

  it('that are missing, are folders, or are damaged say so with the path', async () => {
    const missing = join(folder, 'none')
    await expect(readCheckpointFile(missing)).rejects.toMatchObject({
      code: 'checkpoint/not-found',
      got: expect.stringContaining(missing),
    })
    await expect(readCheckpointBytes(folder)).rejects.toMatchObject({
      code: 'checkpoint/unreadable',
    })
    const path = join(folder, 'cut')
    await writeCheckpointFile(path, { trees: {}, json: 1 })
    await writeFile(path, (await readFile(path)).subarray(0, 20))
    expect((await stat(path)).size).toBe(20)
    await expect(readCheckpointFile(path)).rejects.toMatchObject({
      code: 'checkpoint/damaged',
      got: expect.stringContaining(path),
    })
  })
})
