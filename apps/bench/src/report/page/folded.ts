import { type Html, html } from './markup'

/** The first of many charts; the others can be opened. */
export function folded(charts: readonly Html[], shown: number, kind: string): Html {
  const [first, rest] = [charts.slice(0, shown), charts.slice(shown)]
  const group = (some: readonly Html[]) => html`<div class="${kind}">${some}</div>`
  if (rest.length === 0) return group(first)
  return html`${group(first)}<details><summary>${rest.length} more</summary>${group(rest)}</details>`
}
