import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { wasm } from '@kshot/backend-wasm'
import { fromSpec, useBackend } from '@kshot/core'
import { ROLES } from '@kshot/core/card'
import { compare, comparedJson, resultsText } from '@kshot/results'
import fc from 'fast-check'
import { registry } from '../../src/catalogue/registry'
import { checked } from '../../src/checking/checked'
import { classifierFromCheckpoint } from '../../src/classify/by-checkpoint'
import { parseConfig } from '../../src/configuration/config'
import { planOf } from '../../src/leaderboard/plan'
import { leaderboardSchema } from '../../src/leaderboard/schema'
import { loadSources } from '../../src/report/load'
import { report } from '../../src/report/report'
import { evaluateCheckpoint } from '../../src/running/evaluate-checkpoint'
import { run } from '../../src/running/run'
import { FILES } from '../../src/running/run-folder'
import { rowOfFolder } from '../../src/running/run-row'
import { aRun, tiny, tinyBoard } from '../a-run'
import { type Attack, REFUSED } from '../attack'
import { folderFor, made } from '../command'
import { sealed, taken } from '../forgery'
import { places, withValue } from '../hostile-json'
import { inputs } from '../random'
import { type Fault, refuse, tally, wrong } from '../tally'

/** The name of a file, a library or a package that leaves a mark where it is run. */
interface Traps {
  readonly folder: string
  readonly mark: string
}

/** Everything in a folder that could be run, and would leave a mark. */
function traps(folder: string): Traps {
  const mark = join(folder, 'MARK')
  const code = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'x')`
  const binding = made(
    folder,
    'models/tfjs-node-4.22.0+tensorflow-cpu-2.15.1+2780d0e0-linux-x64/lib/napi-v8/tfjs_binding.node',
  )
  writeFileSync(join(binding, 'index.js'), code)
  writeFileSync(join(folder, 'trap.cjs'), code)
  writeFileSync(
    join(folder, 'trap.mjs'),
    `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(mark)}, 'x'); export default 1; export const f = 1`,
  )
  const installed = made(folder, 'node_modules/trap')
  writeFileSync(join(installed, 'package.json'), '{"name":"trap","main":"index.cjs"}')
  writeFileSync(join(installed, 'index.cjs'), code)
  return { folder, mark }
}

function evilSpecs({ folder, mark }: Traps): readonly object[] {
  const file = join(folder, 'trap.mjs')
  const url = pathToFileURL(file).href
  const root = join(folder, 'models')
  const backend = { package: '@kshot/backend-node', export: 'node', options: { root } }
  const data = `data:text/javascript,import fs from 'node:fs';fs.writeFileSync(${JSON.stringify(mark)},'x');export const f=1`
  const core = (one: string, options: object = {}) => ({
    package: '@kshot/core',
    export: one,
    options,
  })
  const packages = [
    file,
    url,
    data,
    'trap',
    './trap.mjs',
    '../trap.mjs',
    'node:child_process',
    'child_process',
    'sharp',
    '@kshot/core/node',
    '@kshot/core/../../../trap.mjs',
    '@kshot/%2e%2e/trap',
    '@KSHOT/core',
    '@kshot/core\n',
    '@kshot/testkit',
    '@kshot/nonexistent',
    '__proto__',
    'constructor',
    '',
  ]
  const exports = [
    'useBackend',
    'metaTrain',
    'fromSpec',
    'sequential',
    'readPackageFile',
    'constructor',
    '__proto__',
    'toString',
    'default',
    'then',
    '',
  ]
  return [
    backend,
    core('useBackend', backend),
    { package: '@kshot/backend-node', export: 'nativeInstall', options: { root } },
    ...packages.map((name) => ({ package: name, export: 'f', options: {} })),
    ...exports.map((one) => core(one)),
    { module: file },
    { module: url, export: 'f' },
    { module: './trap.mjs' },
    { name: 'module', module: file },
    { name: 'module', module: file, export: 'f', options: {} },
    { name: 'trap' },
    { name: file },
    { package: 'trap' },
    { use: file },
    { path: file },
  ]
}

/** Good ones around it: at every role that has roles inside. */
const AROUND: readonly ((inner: object) => object)[] = [
  (inner) => inner,
  (inner) => inner,
  (backbone) => ({ name: 'protonet', backbone }),
  (backbone) => ({ package: '@kshot/protonet', export: 'protonet', options: { backbone } }),
  (filters) => ({ name: 'protonet', backbone: { name: 'conv4', filters } }),
  (encoder) => ({ name: 'protonet', backbone: { name: 'embeddings', encoder } }),
  (next) => ({
    name: 'protonet',
    backbone: { name: 'embeddings', encoder: 'static-text-encoder', next },
  }),
  (model) => ({ name: 'maml', model, innerRate: 0.1, steps: 1 }),
  (innerOptimizer) => ({
    name: 'maml',
    model: { name: 'conv4', filters: 2 },
    innerRate: 0.1,
    steps: 1,
    innerOptimizer,
  }),
  (rate) => ({ name: 'adam', rate }),
  (one) => ({ package: '@kshot/core', export: 'chain', options: { optimizers: [one] } }),
  (weights) => ({
    package: '@kshot/learned-optimizer',
    export: 'learnedOptimizer',
    options: { weights },
  }),
]

const WAYS = ['run', 'leaderboard', 'eval', 'classify', 'resume', 'spec', 'report'] as const

const { signal } = new AbortController()
const on = { note: () => {} } as never

/** A spec that names code, anywhere in any file that names learners, nets, optimizers or data. */
export const attack: Attack = {
  name: 'specs that name code',
  promise:
    'whatever a configuration, checkpoint or result names, at whatever depth, only what is in the catalogue is loaded',
  attempts: { full: 3_000, short: 210 },
  bound: REFUSED,
  async run(n) {
    await useBackend(wasm())
    const count = tally(this.bound)
    const folder = folderFor('specs')
    const set = traps(folder)
    process.chdir(folder)
    const source = await aRun(made(folder, 'run'))
    const row = rowOfFolder(source.folder)
    const evil = evilSpecs(set)
    const trials = fc.record({
      spec: fc.constantFrom(...evil),
      around: fc.constantFrom(...AROUND),
      where: fc.nat(),
    })
    let i = 0
    for (const { spec, around, where } of inputs(trials, n)) {
      const way = WAYS[i++ % WAYS.length]!
      const value = around(spec)
      const what = `${way}, ${JSON.stringify(value).slice(0, 160)}`
      // A row only tells of its learner; nothing is built of it.
      const judge = (): Fault | undefined => (way === 'report' ? undefined : refuse())
      await count.attempt(what, () => act(way, value, where), judge)
      if (existsSync(set.mark)) {
        count.check(what, wrong('code ran'))
        rmSync(set.mark)
      }
    }
    return count.outcome()

    async function act(way: (typeof WAYS)[number], value: object, where: number): Promise<unknown> {
      const config = into(tiny, value, where)
      if (way === 'spec') return fromSpec(value, ROLES[where % ROLES.length]!, registry)
      if (way === 'run') {
        const out = join(folder, 'o')
        rmSync(out, { recursive: true, force: true })
        return run({
          config: parseConfig(config),
          folder: out,
          resume: false,
          data: undefined,
          signal,
          on,
        })
      }
      if (way === 'leaderboard') {
        const learners = [{ name: 'x', learner: value, backbone: 'b' }]
        const board = where % 2 ? { ...tinyBoard, learners } : into(tinyBoard, value, where)
        return planOf(checked(leaderboardSchema, board), { from: folder, data: undefined }, false)
      }
      if (way === 'report') return reported(value, where)
      const file = join(made(folder, 'resumed'), way === 'resume' ? FILES.checkpoint : FILES.meta)
      writeFileSync(file, forged(way === 'resume' ? 'checkpoint' : 'meta', value, config, where))
      if (way === 'resume') {
        const text = where % 2 ? JSON.stringify(config) : source.text('config')
        writeFileSync(join(folder, 'resumed', FILES.config), text)
        writeFileSync(join(folder, 'resumed', FILES.log), source.bytes('log'))
        const read = JSON.parse(readFileSync(join(folder, 'resumed', FILES.config), 'utf8'))
        return run({
          config: parseConfig(read),
          folder: join(folder, 'resumed'),
          resume: true,
          data: undefined,
          signal,
          on,
        })
      }
      if (way === 'eval') {
        return evaluateCheckpoint({ checkpoint: file, overrides: {}, data: undefined, signal, on })
      }
      const activate = async () => {}
      return classifierFromCheckpoint(
        { checkpoint: file, invert: 'auto', unknown: 'auto', allowModule: false },
        activate,
      )
    }

    /** In the place of the learner that was saved, or somewhere in its configuration, or both. */
    function forged(name: 'meta' | 'checkpoint', learner: object, config: unknown, where: number) {
      const parts = taken(source.bytes(name))
      const { json, ...rest } = parts.document as { json: object }
      const changed = [{ learner }, { config }, { learner, config }][where % 3]
      return sealed({ ...parts, document: { ...rest, json: { ...json, ...changed } } })
    }

    async function reported(value: object, where: number): Promise<string> {
      const changed = [
        { ...row, learner: value },
        { ...row, config: into(row.config, value, where) },
      ][where % 2]
      const file = join(made(folder, 'board'), 'results.jsonl')
      writeFileSync(file, resultsText([changed as never]))
      const sources = await loadSources([file])
      if (where % 4 === 3) return comparedJson(compare(sources, undefined))
      const format = where % 3 === 0 ? 'html' : 'md'
      return report({ paths: [file], format, data: undefined, command: 'x', note: () => {} })
    }
  },
}

/** In the place of something that stands in a document, if not the whole. */
function into(document: unknown, value: object, where: number): unknown {
  const all = places(document).filter((path) => path.length > 0)
  return withValue(document, all[where % all.length]!, value)
}
