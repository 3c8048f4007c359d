import { count, type DoneRow, type Table, withoutSeed } from '@kshot/results'
import { executorName } from '../../running/describe'
import { type Html, html } from './markup'

/** What a reader wants to know first: on what, when, from which commit. */
export function facts(rows: readonly DoneRow[]): Html {
  const all = {
    backend: distinct(rows.map(({ backend, kernels }) => `${backend} (${kernels})`)),
    device: distinct(rows.map(({ device }) => device)),
    commit: shortened(rows.map(({ commit }) => (commit ? shortCommit(commit) : 'unknown'))),
    finished: period(rows.map(({ measured }) => measured.finishedAt)),
  }
  const items = Object.entries(all).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )
  return html`<dl class="facts">${items}</dl>`
}

/** Everything that is needed to compute the numbers again. */
export function provenance(tables: readonly Table[], command: string): Html {
  const rows = tables.flatMap(({ lines }) => lines.flatMap(({ rows }) => rows))
  return html`<section id="provenance"><h2>Provenance</h2>
<p>This page was made by <code>${command}</code>. To repeat a run, save its configuration below as <code>config.json</code> and run <code>npx kshot run config.json --seed N</code>.</p>
${versions(rows)}
${tables.filter(({ lines }) => lines.length > 0).map(ofTable)}</section>`
}

function versions(rows: readonly DoneRow[]): Html {
  const all = new Map<string, string>()
  const names = new Set(rows.flatMap(({ versions }) => Object.keys(versions)))
  for (const name of names)
    all.set(name, distinct(rows.map(({ versions }) => versions[name] ?? '–')))
  all.set('commit', distinct(rows.map(({ commit }) => commit ?? 'unknown')))
  const items = [...all].map(([name, version]) => `${name} ${version}`)
  return html`<details><summary>Versions</summary><pre>${items.join('\n')}</pre></details>`
}

function ofTable({ title, episodeSet, lines }: Table): Html {
  const [first] = lines[0]!.rows
  const { test, seeds } = first!
  const rows = lines.flatMap((line) => line.rows.map((row) => runRow(line.name, row)))
  return html`<h3>${title}</h3>
<p class="meta">${count(test.episodes)} test episodes, seed ${seeds.test}; validation seed ${seeds.validate}. SHA-256 of the test episodes: <code>${episodeSet}</code></p>
<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="plain"><thead><tr>${['learner', 'seed', 'accuracy, %', 'computed by', 'trained on', 'stopped by', 'best at', 'memory', 'finished'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
${lines.map((line) => html`<details><summary>Configuration of ${line.name}</summary><pre>${JSON.stringify(withoutSeed(line.rows[0]!.config), null, 2)}</pre></details>`)}`
}

function runRow(name: string, row: DoneRow): Html {
  const { cell, test, train, best, measured, backend, kernels, device, executor } = row
  const cells = [
    cell.seed,
    (100 * test.accuracy).toFixed(2),
    `${backend} (${kernels}) on ${device}, ${executorName(executor, measured.workers)}`,
    `${count(train.episodes)} episodes, ${count(train.images)} images`,
    train.stoppedBy ?? '–',
    best ? `step ${count(best.step)}: ${(100 * best.score).toFixed(2)}` : '–',
    `${Math.round(measured.peakMemoryBytes / 2 ** 20)} MiB`,
    measured.finishedAt.slice(0, 16).replace('T', ' '),
  ]
  return html`<tr><th scope="row">${name}</th>${cells.map((value) => html`<td>${value}</td>`)}</tr>`
}

/** The first, and how many others. */
function shortened(values: readonly string[]): string {
  const [first, ...others] = new Set(values)
  return others.length === 0 ? first! : `${first} and ${others.length} others`
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].join(', ')
}

/** The first ten digits; `+` for changes that were not committed. */
function shortCommit(commit: string): string {
  return `${commit.slice(0, 10)}${commit.endsWith('+') ? '+' : ''}`
}

function period(times: readonly string[]): string {
  const days = times.map((time) => time.slice(0, 10)).sort()
  return days[0] === days.at(-1) ? days[0]! : `${days[0]} to ${days.at(-1)}`
}
