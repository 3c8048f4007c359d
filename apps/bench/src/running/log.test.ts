import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openLog } from './log'

const home = mkdtempSync(join(tmpdir(), 'kshot-log-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const line = (step: number) => ({ step, loss: 1, seconds: step })
const text = (...steps: number[]) => steps.map((step) => `${JSON.stringify(line(step))}\n`).join('')

/** What is opened of a folder whose log holds a text, and is then closed. */
async function opened(log: string | undefined, step: number) {
  const folder = mkdtempSync(join(home, 'run-'))
  if (log !== undefined) writeFileSync(join(folder, 'log.jsonl'), log)
  const { seconds, hasGap, append, sync, close } = await openLog(folder, step)
  append(line(step + 1))
  sync()
  await close()
  return { seconds, hasGap, after: readFileSync(join(folder, 'log.jsonl'), 'utf8') }
}

describe('a log', () => {
  it('is a table too, once it is closed', async () => {
    const folder = mkdtempSync(join(home, 'run-'))
    const { append, close } = await openLog(folder, 0)
    append({ step: 1, loss: 0.5, accuracy: 0.2, seconds: 1 })
    append({ step: 2, loss: 0.25, accuracy: 0.4, validation: 0.3, seconds: 2.5 })
    await close()
    expect(readFileSync(join(folder, 'log.csv'), 'utf8')).toBe(
      'step,loss,accuracy,validation,seconds\n1,0.5,0.2,,1\n2,0.25,0.4,0.3,2.5\n',
    )
  })

  it('begins anew with its run, and goes on from the step of the checkpoint', async () => {
    expect(await opened(undefined, 0)).toEqual({ seconds: 0, hasGap: false, after: text(1) })
    expect(await opened(text(1, 2), 0)).toMatchObject({ seconds: 0, hasGap: false, after: text(1) })
    const whole = { seconds: 2, hasGap: false, after: text(1, 2, 3) }
    expect(await opened(text(1, 2), 2)).toEqual(whole)
    expect(await opened(text(1, 2, 3, 4), 2)).toEqual(whole)
    expect(await opened(`${text(1, 2)}{"step":3,"lo`, 2)).toEqual(whole)
  })

  it('that lacks steps of the checkpoint has a gap, whatever took them', async () => {
    const damaged = [
      undefined,
      '',
      text(1),
      text(1, 3),
      text(2, 3),
      text(1, 1, 3),
      `${text(1)}${'\u0000'.repeat(40)}\n${text(3)}`,
      `${text(1)}null\n7\n"x"\n[]\n${text(3)}`,
      `${text(1)}{"step":2,"loss":1,"seconds":"2"}\n${text(3)}`,
      `${text(1)}{"step":2,"loss":1,"seconds":-2}\n${text(3)}`,
    ]
    for (const log of damaged) expect((await opened(log, 3)).hasGap, log).toBe(true)
    expect(await opened(text(1, 3), 3)).toMatchObject({ seconds: 3, after: text(1, 3, 4) })
  })
})
