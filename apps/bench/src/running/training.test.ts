import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tree } from '@kshot/core'
import { readCheckpointFile, writeCheckpointFile } from '@kshot/core/node'
import { reshape, type Tensor } from '@tensorflow/tfjs-core'
import { afterAll, expect, it } from 'vitest'
import { aRun } from '../../attacks/a-run'
import { run } from './run'
import { FILES } from './run-folder'

const folder = mkdtempSync(join(tmpdir(), 'kshot-meta-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('what was trained to its end is tested only if it is what the learner has', async () => {
  const { config } = await aRun(folder)
  const path = join(folder, FILES.checkpoint)
  const { trees, json } = await readCheckpointFile(path)
  const other = (x: Tensor, at: string) =>
    at === 'bestState/3/variance' ? reshape(x, [-1, 1]) : x.clone()
  await writeCheckpointFile(path, { trees: tree.map(other, trees) as typeof trees, json })
  rmSync(join(folder, FILES.result))
  const { signal } = new AbortController()
  const on = { note: () => {} } as never
  const resumed = run({ config, folder, resume: true, data: undefined, signal, on })
  await expect(resumed).rejects.toMatchObject({ code: 'core/other-parameters' })
})
