import { paperNumber, protocolText, type Table } from '@kshot/results'
import { type Html, html } from './markup'

/** The published numbers, whose they are, and how they were tested otherwise. */
export function papers({ lines }: Table): Html | undefined {
  const rows = lines.flatMap(({ name, paper }) => {
    if (!paper) return []
    const cells = [`${paperNumber(paper)}`, protocolText(paper), `${paper.paper}; ${paper.source}`]
    return [
      html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
    ]
  })
  if (rows.length === 0) return undefined
  const heads = ['learner', 'published, %', 'protocol', 'source']
  return html`<details><summary>Published numbers</summary><p class="meta">Numbers are comparable only if the protocols are the same. ± is as printed in the paper.</p><div class="scroll" tabindex="0" role="region" aria-label="Published numbers"><table class="plain"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></details>`
}
