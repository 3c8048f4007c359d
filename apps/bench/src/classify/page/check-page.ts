import { count } from '@kshot/results'
import { type Html, html, raw } from '../../report/page/markup'
import { STYLE } from '../../report/page/style'
import type { CheckedItems, Confused, Suspect } from '../check'
import { CHECK_STYLE } from './check-style'
import { type Draw, drawer } from './thumbnail'

/** So many are drawn of each; a page stays a few MB. */
const MOST = { suspects: 48, pairs: 12, ofPair: 8, classes: 200, ofClass: 8 } as const

/** What a check has found as one page: pictures inside, offline, light and dark, from a phone up. */
export async function checkPage(found: CheckedItems): Promise<string> {
  const draw = await drawer(found)
  const title = 'How well the examples tell each other apart'
  const parts = [
    await suspects(found, draw),
    await confused(found, draw),
    await classes(found, draw),
  ]
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${raw(STYLE + CHECK_STYLE)}</style></head>
<body class="check"><header><h1>${title}</h1>${summary(found)}</header>
<main>${parts}</main>
<footer>${footer(found)}</footer></body></html>
`
  return page.html
}

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)}\u00a0%`

function summary({ checked }: CheckedItems): Html {
  const { accuracy, interval, right, examples, alone } = checked
  if (accuracy === null) {
    return html`<p class="lead">Each example is alone in its class, so there is nothing to check by. Add a second one to each.</p>`
  }
  const [low, high] = interval!
  const left =
    alone.length > 0 &&
    html`<p class="meta">Alone in their class, and not asked: ${alone.join(', ')}.</p>`
  return html`<p class="verdict"><b>${percent(accuracy)}</b> right <span class="range">${percent(low)} to ${percent(high)}, 95\u00a0% interval</span></p>
<p class="lead">Each of ${count(examples)} examples was left out in turn and labelled by the others: ${count(right)} came out right. Expect about that of new ones like these.</p>${left}`
}

async function suspects({ checked, items }: CheckedItems, draw: Draw): Promise<Html> {
  const all = checked.suspects
  if (all.length === 0) {
    return html`<section><h2>Perhaps mislabelled</h2><p>None: no example looks surely like another class.</p></section>`
  }
  const card = async ({ example, label, predicted, confidence }: Suspect) => {
    const drawn = await draw(items.get(example)!)
    return html`<li class="card">${drawn}<p class="what"><b>${predicted}</b>?<span class="sub">labelled ${label}, ${percent(confidence)} likely</span><span class="sub file">${example}</span></p></li>`
  }
  const cards = await inTurn(all.slice(0, MOST.suspects), card)
  return html`<section><h2>Perhaps mislabelled</h2><p>The others are sure that these belong to another class. Look at them first: some are wrong labels, some are odd examples.</p>
<ul class="cards">${cards}</ul>${more(all.length, MOST.suspects)}</section>`
}

async function confused({ checked, items }: CheckedItems, draw: Draw): Promise<Html | undefined> {
  const all = checked.confused
  if (all.length === 0) return undefined
  const pair = async ({ label, takenFor, examples }: Confused) => {
    const drawn = await inTurn(examples.slice(0, MOST.ofPair), (name) => draw(items.get(name)!))
    const rest =
      examples.length > MOST.ofPair && html`<li class="rest">+${examples.length - MOST.ofPair}</li>`
    return html`<div class="pair"><h3>${label} <span class="arrow" aria-label="taken for">→</span> ${takenFor} <span class="times">${count(examples.length)}×</span></h3><ul class="strip-of">${drawn.map((one) => html`<li>${one}</li>`)}${rest}</ul></div>`
  }
  const pairs = await inTurn(all.slice(0, MOST.pairs), pair)
  return html`<section><h2>Confused classes</h2><p>Examples of the first class that the others take for the second. More examples of both help, or one name for the two.</p>
<div class="pairs">${pairs}</div>${more(all.length, MOST.pairs)}</section>`
}

async function classes({ checked, byClass, wrong }: CheckedItems, draw: Draw): Promise<Html> {
  const worst = [...checked.classes].sort((a, b) => share(a) - share(b))
  const line = async (one: CheckedItems['checked']['classes'][number]) => {
    const items = byClass.get(one.label)!
    // Wrong ones first: they are what one looks for.
    const ordered = [...items].sort((a, b) => Number(wrong.has(b.name)) - Number(wrong.has(a.name)))
    const drawn = await inTurn(ordered.slice(0, MOST.ofClass), async (item) => {
      const drawing = await draw(item)
      return html`<li${wrong.has(item.name) && raw(' class="wrong"')}>${drawing}</li>`
    })
    const score =
      one.examples === 0
        ? 'a single example'
        : `${percent(share(one))}, ${one.right} of ${one.examples}`
    return html`<div class="class"><h3>${one.label}<span class="score">${score}</span></h3>${one.examples > 0 && bar(share(one))}<ul class="strip-of">${drawn}</ul></div>`
  }
  const lines = await inTurn(worst.slice(0, MOST.classes), line)
  return html`<section><h2>Class by class</h2><p>The worst first. Marked examples were labelled wrong by the others.</p>
<div class="classes">${lines}</div>${more(worst.length, MOST.classes)}</section>`
}

function share({ examples, right }: { readonly examples: number; readonly right: number }): number {
  return examples === 0 ? 2 : right / examples
}

function bar(fraction: number): Html {
  const width = (100 * fraction).toFixed(1)
  return raw(`<div class="bar" aria-hidden="true"><span style="width:${width}%"></span></div>`)
}

function more(all: number, shown: number): Html | undefined {
  if (all <= shown) return undefined
  return html`<p class="notes">… and ${count(all - shown)} more, in the order of how wrong they are: --json has all.</p>`
}

function footer({ checked }: CheckedItems): Html {
  const { encoder, head, learner, support, notes } = checked
  const by = learner ?? [encoder, head].filter(Boolean).join(', ')
  const labels = Object.keys(support).length
  return html`<p>kshot classify --check, ${by}; ${count(labels)} classes. The interval is Wilson’s; it takes the examples for a random choice of all there are.</p>${notes.map((note) => html`<p>${note}</p>`)}`
}

/** One after the other: pictures are decoded, and memory is short. */
async function inTurn<T>(items: readonly T[], f: (item: T) => Promise<Html>): Promise<Html[]> {
  const all: Html[] = []
  for (const item of items) all.push(await f(item))
  return all
}
