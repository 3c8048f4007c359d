import { referenceFile } from '@kshot/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { cleanUp, kshot, writeConfig } from './kshot'

afterAll(cleanUp)

const vector = (...data: number[]) => ({ shape: [data.length], data })
const x = [0.5, -1]

/** exp, its gradient and its Hessian times v for s = Σ w exp(x). */
const exponential = (spoilt = 0) => ({
  name: 'by hand',
  kind: 'hvp',
  config: {},
  ops: [
    {
      op: 'exp',
      inputs: { x: vector(...x) },
      w: vector(2, 3),
      v: { x: vector(1, -1) },
      value: vector(...x.map(Math.exp)),
      linear: {
        grad: { x: vector(2 * Math.exp(0.5), 3 * Math.exp(-1)) },
        hvp: { x: vector(2 * Math.exp(0.5), -3 * Math.exp(-1) * (1 + spoilt)) },
      },
    },
  ],
})

const other = { name: 'a riddle', kind: 'riddle', config: {} }

describe('kshot verify reference', () => {
  it('says a line a case, and names a kind that it cannot check', async () => {
    const file = writeConfig('right.json', { cases: [exponential(), other] })
    const { code, stdout } = await kshot('verify', 'reference', file)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok +\d\.\de-\d +by hand +3 comparisons$/m)
    expect(stdout).toMatch(/^none +a riddle +no check for the kind riddle$/m)
    expect(stdout).toContain('1 of 1 cases agree on wasm, 1 of a kind without a check')
  })

  it('exits 1 on a miss and says what missed by how much', async () => {
    const files = [exponential(), exponential(1e-3)].map((c, i) =>
      writeConfig(`file-${i}.json`, { cases: [c] }),
    )
    const { code, stdout } = await kshot('verify', 'reference', ...files, '--backend', 'cpu')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^miss .*by hand/m)
    expect(stdout).toMatch(/\d\.\de-4 +exp, linear.*x/)
    expect(stdout).toContain('1 of 2 cases agree on cpu')
    const json = await kshot('verify', 'reference', ...files, '--json')
    expect(json.code).toBe(1)
    const { cases } = JSON.parse(json.stdout)
    expect(cases[1].checks.filter(({ ok }: { ok: boolean }) => !ok)).toHaveLength(1)
  })

  it('does not pass where nothing was compared', async () => {
    const file = writeConfig('unknown.json', { cases: [other] })
    expect(await kshot('verify', 'reference', file)).toMatchObject({ code: 1 })
  })

  it('exits 2 on what is no such file', async () => {
    for (const cases of [undefined, [], [{ name: 'x' }]]) {
      const file = writeConfig('bad.json', { cases })
      const { code, stderr, stdout } = await kshot('verify', 'reference', file)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('reference/bad-file')
    }
    expect(await kshot('verify', 'reference', 'absent.json')).toMatchObject({ code: 2 })
    expect(await kshot('verify', 'reference')).toMatchObject({ code: 2 })
  })

  it('agrees with the reference values', async () => {
    for (const backend of ['wasm', 'cpu']) {
      const args = ['reference', referenceFile, '--backend', backend]
      const { code, stdout } = await kshot('verify', ...args)
      expect({ backend, code, missed: stdout.match(/^miss.*$/gm) }).toEqual({
        backend,
        code: 0,
        missed: null,
      })
      expect(stdout).not.toContain('of a kind without a check')
    }
  })
})
