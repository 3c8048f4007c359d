import { cpus } from 'node:os'
import { SECTIONS } from '@kshot/testkit/conformance'
import type { Cell, Found } from './column'

export const BEGIN = '<!-- written by pnpm backends:table -->'
export const END = '<!-- end -->'

export type Examined = { readonly title: string } & Found
type Ran = Extract<Examined, { readonly cells: unknown }>

interface Provenance {
  readonly commit: string | null
  readonly versions: { readonly [name: string]: string }
}

/** What a section's figures are. */
const LEGENDS: { readonly [section: string]: string } = {
  operations:
    'Each cell gives the errors of the value · the gradient · the Hessian-vector product, relative to the largest number. Operations without derivatives have one error. `0`: equal to the last bit.',
  pytorch: 'The same errors, against float64.',
  learners: 'The largest error among all comparisons of a case.',
  training: 'The largest relative difference between losses in twenty steps from one seed.',
  numbers: 'Results for NaN and ±∞. `same`: as on cpu.',
  axes: 'Shape and values. `same`: as on cpu.',
  bounds: 'The result of an index out of range. `same`: as on cpu.',
  behaviour: '',
}

/** The generated part of docs/backends.md. */
export function tableText(found: readonly Examined[], { commit, versions }: Provenance): string {
  const ran = found.filter((column): column is Ran => 'cells' in column)
  const missing = found.filter((column) => !('cells' in column))
  return [
    `Run on ${cpus()[0]?.model.trim()} (${process.platform}-${process.arch}), Node ${versions.node}, TensorFlow.js ${versions['@tensorflow/tfjs-core']}, commit ${commit ?? 'unknown'}.`,
    '',
    '| column | ran on | kernels | passed | known differences from cpu | failed |',
    '|---|---|---|---|---|---|',
    ...ran.map(summaryRow),
    '',
    ...missing.flatMap((column) => [notRun(column), '']),
    ...Object.entries(SECTIONS).flatMap(([section, title]) => sectionText(section, title, ran)),
  ].join('\n')
}

function summaryRow({ title, device, cells }: Ran): string {
  const passed = cells.filter(({ verdict }) => verdict === 'pass').length
  const failed = cells.filter(({ ok }) => !ok).length
  const { kernels, threads } = device
  const on = `${device.device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
  return `| ${title} | ${escaped(on)} | ${kernels} | ${passed} | ${cells.length - passed - failed} | ${failed} |`
}

function notRun(column: Examined): string {
  const { title, reason, remedy } = column as Extract<Examined, { readonly reason: string }>
  return `**${title}** was not run: ${reason}. ${remedy}.`
}

function sectionText(section: string, title: string, ran: readonly Ran[]): string[] {
  const own = (column: Ran) => column.cells.filter(({ key }) => key.startsWith(`${section}: `))
  const names = own(ran[0]!).map(({ key }) => key.slice(section.length + 2))
  const byName = ran.map((column) => new Map(own(column).map((cell) => [cell.key, cell])))
  const rows = names.map((name) => {
    const cells = byName.map((column) => column.get(`${section}: ${name}`)!)
    return `| ${escaped(name)} | ${cells.map((cell, i) => cellText(cell, cells[0]!, section, i)).join(' | ')} |`
  })
  return [
    `### ${title}`,
    ...(LEGENDS[section] ? [LEGENDS[section], ''] : []),
    `| | ${ran.map(({ title }) => title).join(' | ')} |`,
    `|---|${ran.map(() => '---').join('|')}|`,
    ...rows,
    '',
  ]
}

const BY_VALUE = ['numbers', 'axes', 'bounds']

function cellText(cell: Cell, first: Cell, section: string, column: number): string {
  if (!cell.ok) return `**fails**: ${escaped(cell.text)}`
  if (BY_VALUE.includes(section) && column > 0 && cell.text === first.text) return 'same'
  return cell.verdict === 'differs' ? `_${escaped(cell.text)}_` : escaped(cell.text)
}

const escaped = (text: string) => text.replaceAll('|', '\\|')
