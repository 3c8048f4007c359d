import { count } from '@kshot/results'
import { type Colours, shownLength, speed, wrapped } from '../terminal/text'
import type { Machine } from './machine'
import type { DoctorReport } from './report'

type Row = readonly [...cells: string[], paragraphs: readonly string[]]

/** A report for people, no wider than `width`. */
export function doctorText(report: DoctorReport, colours: Colours, width: number): string {
  const { bold, dim } = colours
  const mark = markOf(colours)
  const { auto } = report
  const machine = [...machineRows(report.machine), ['Node', nodeText(report, colours)]]
  const data = report.data.map(({ ok, name, detail }): Row => [mark(ok), name, [detail]])
  return [
    bold('machine'),
    ...lines(
      machine.map(([name, text]): Row => [dim(name!), [text!]]),
      width,
    ),
    '',
    bold('backends') + (report.speed ? dim(`  speed of ${report.speed}`) : ''),
    ...lines(backendRows(report, colours), width),
    '',
    ...(auto
      ? [...wrapped(`auto chooses ${bold(auto.backend)}: ${auto.because}`, 2, width), '']
      : []),
    bold('data'),
    ...lines(data, width),
    '',
  ].join('\n')
}

const markOf =
  ({ green, yellow }: Colours) =>
  (ok: boolean) =>
    ok ? green('yes') : yellow('no ')

function nodeText({ node }: DoctorReport, { yellow }: Colours): string {
  return node.ok ? node.version : yellow(`${node.version}, but kshot needs ${node.needs}`)
}

function machineRows({ processor, cores, instructions, ...m }: Machine): string[][] {
  const own = instructions.length > 0 ? `; the processor has ${instructions.join(', ')}` : ''
  return [
    ['processor', `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}`],
    ['memory', `${gibibytes(m.memoryBytes)}, ${gibibytes(m.freeMemoryBytes)} of it free`],
    ['system', m.system],
    ['SIMD', `${m.simd ? 'yes' : 'no'}, in WebAssembly${own}`],
    ['FMA', m.fma ? 'yes, relaxed SIMD' : 'no: Node 22 and later have relaxed SIMD'],
  ]
}

const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`

/** The fastest first, those that cannot run last, with what to do about it. */
function backendRows(report: DoctorReport, colours: Colours): Row[] {
  const speedOf = (b: Found) => (b.available ? (b.imagesPerSecond ?? 0) : -1)
  const sorted = report.backends.toSorted((a, b) => speedOf(b) - speedOf(a))
  return sorted.map((backend): Row => {
    const head = [markOf(colours)(backend.available), backend.name] as const
    const figure = report.speed ? [figureText(backend)] : []
    return [...head, ...figure, paragraphs(backend, colours)]
  })
}

type Found = DoctorReport['backends'][number]

/** Cards by their names: where threads are many they are the processor's, which stands above. */
const CARDS = ['node-gpu', 'webgpu']

function paragraphs(backend: Found, { dim }: Colours): string[] {
  if (!backend.available) return [backend.reason, dim(backend.remedy)]
  const { name, kernels, threads, device, memoryBytes } = backend
  const on = CARDS.includes(name) ? device : `${threads} ${threads === 1 ? 'thread' : 'threads'}`
  const memory = memoryBytes === undefined ? [] : [gibibytes(memoryBytes)]
  return [[kernels, on, ...memory].join(', ')]
}

function figureText(backend: Found): string {
  if (!backend.available) return ''
  if (backend.imagesPerSecond === undefined) return 'too slow'
  const n = backend.imagesPerSecond
  return `${(n >= 1000 ? count(Math.round(n)) : speed(n)).padStart(6)} images/s`
}

/** Rows with columns as wide as their widest; paragraphs of the last one are wrapped below each other. */
function lines(rows: readonly Row[], width: number): string[] {
  const cellsOf = (row: Row) => row.slice(0, -1) as string[]
  const widths = cellsOf(rows[0]!).map((_, i) =>
    Math.max(...rows.map((row) => shownLength(cellsOf(row)[i]!))),
  )
  const indent = 2 + widths.reduce((sum, w) => sum + w + 2, 0)
  return rows.flatMap((row) => {
    const cells = cellsOf(row).map(
      (cell, i) => cell + ' '.repeat(widths[i]! - shownLength(cell) + 2),
    )
    const texts = (row.at(-1) as readonly string[]).flatMap((text) => wrapped(text, indent, width))
    return texts.map((text, i) => (i === 0 ? `  ${cells.join('')}${text.slice(indent)}` : text))
  })
}
