import { basename } from 'node:path'
import { type Dataset, exampleSize, type Splits } from '@kshot/episodes'
import { allPrintable, count } from '@kshot/results'
import { placeOf } from '../data/duplicates'
import type { Inspected } from '../data/inspect'
import { type Html, html, raw } from './page/markup'
import { STYLE } from './page/style'
import { pngOf } from './png'

/** Of a class. */
const EXAMPLES = 8
/** Of a split; a page of more would not be looked through. */
const CLASSES = 200
/** Of a vector. */
const NUMBERS = 8

/**
 * A page that shows what a data set is: examples of each class as a learner sees them, what was taken,
 * and what is wrong. It needs nothing else: no script, no picture from elsewhere.
 */
export async function contactSheet(inspected: Inspected, data: Splits): Promise<string> {
  const { path, understood, problems, shape } = allPrintable(inspected)
  const sections: Html[] = []
  for (const name of ['train', 'validation', 'test'] as const) {
    if (data[name].classes.length > 0) sections.push(await section(name, data[name]))
  }
  const each = shape.length === 1 ? `${count(shape[0]!)} numbers each` : shape.join(' × ')
  const lead = `${count(understood.examples)} examples of ${count(understood.classes)} classes, ${each}, ${understood.dealt}`
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${basename(path)}</title><style>${raw(STYLE + SHEET)}</style></head>
<body><header><h1>${basename(path)}</h1><p class="lead">${lead}</p><p class="path">${path}</p>
${list('Problems', problems)}${list('What was understood', understood.notes)}</header>
<main>${sections}</main></body></html>
`
  return page.html
}

function list(title: string, items: readonly string[]): Html | undefined {
  if (items.length === 0) return undefined
  return html`<h3>${title}</h3><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
}

async function section(name: string, dataset: Dataset): Promise<Html> {
  const classes: Html[] = []
  for (const c of dataset.classes.keys()) {
    if (c < CLASSES) classes.push(await classEntry(dataset, c))
  }
  const more = dataset.classes.length - CLASSES
  return html`<section><h2>${name}: ${count(dataset.classes.length)} classes</h2>
<div class="classes">${classes}</div>${more > 0 && html`<p>and ${count(more)} more classes</p>`}</section>`
}

async function classEntry(dataset: Dataset, c: number): Promise<Html> {
  const { id, size } = allPrintable(dataset.classes[c]!)
  const shown: Html[] = []
  for (const example of spread(size)) shown.push(await exampleOf(dataset, c, example))
  return html`<figure><figcaption><b>${id}</b> ${count(size)}</figcaption>
<div class="examples">${shown}</div></figure>`
}

/** Examples from the first to the last, evenly: what is sorted by its name shows all of its kinds. */
function spread(size: number): number[] {
  const n = Math.min(EXAMPLES, size)
  return Array.from({ length: n }, (_, i) => Math.floor((i * size) / n))
}

async function exampleOf(dataset: Dataset, c: number, example: number): Promise<Html> {
  const place = placeOf(dataset, c, example)
  const pixels = new Float32Array(exampleSize(dataset))
  dataset.read(c, example, pixels, 0)
  if (dataset.shape.length === 3) {
    return html`<img src="${await pngOf(pixels, dataset.shape)}" alt="" title="${place}">`
  }
  const text = dataset.source?.(c, example) ?? numbers(pixels)
  return html`<p title="${place}">${allPrintable(text)}</p>`
}

function numbers(values: Float32Array): string {
  const shown = [...values.subarray(0, NUMBERS)].map((value) =>
    String(Number(value.toPrecision(4))),
  )
  return `${shown.join(', ')}${values.length > NUMBERS ? ', …' : ''}`
}

const SHEET = `
h2{margin:2.5rem 0 1rem}
.classes{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(min(100%,360px),1fr))}
.classes figure{margin:0;padding:10px 12px;border:1px solid var(--line);border-radius:8px;background:var(--card);min-width:0}
.classes figcaption{margin-bottom:8px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.classes figcaption b{color:var(--text)}
.examples{display:grid;grid-template-columns:repeat(8,1fr);gap:4px}
.examples img{width:100%;aspect-ratio:1;object-fit:contain;background:var(--soft);image-rendering:auto}
.examples p{grid-column:1/-1;margin:0;font-size:.85rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
header .path{margin:.25rem 0 0;font-size:.85rem;overflow-wrap:anywhere}
.examples p{font-variant-numeric:tabular-nums}
header ul{margin:.25rem 0;padding-left:1.2rem}
`
