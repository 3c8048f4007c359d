import type { Table } from '@kshot/results'
import { type Html, html } from './markup'

/** What did not come to its end, and why. */
export function failures({ failed }: Table): Html | undefined {
  if (failed.length === 0) return undefined
  const items = failed.map(
    ({ cell, reason }) =>
      html`<li><b>${cell.learner}</b>, seed ${cell.seed} on ${cell.backend}: <code>${reason.code}</code>, ${reason.got}. ${reason.remedy}</li>`,
  )
  return html`<div class="failed"><h3>Failed</h3><ul>${items}</ul></div>`
}
