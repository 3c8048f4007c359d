import { gapText, pText, type Table } from '@kshot/results'
import { type Html, html } from './markup'

/** Every learner beside every other, for those who want to know. */
export function pairs({ ranking: { comparisons, claim } }: Table): Html | undefined {
  if (comparisons.length < 2) return undefined
  const learners = claim === 'learners'
  const rows = comparisons.map(({ first, second, overSeeds, ...gap }) => {
    const seeds = overSeeds && { ...overSeeds, significant: false }
    const cells = [
      gapText(gap),
      pText(gap.adjustedP),
      gap.significant ? 'significant' : 'tie',
      ...(learners ? [seeds ? `${gapText(seeds)}, ${pText(seeds.adjustedP)}` : '–'] : []),
    ]
    return html`<tr><th scope="row">${first} − ${second}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`
  })
  const heads = [
    'pair',
    'difference, points',
    'p, Holm-adjusted',
    '',
    ...(learners ? ['over the seeds'] : []),
  ]
  return html`<details><summary>All pairs</summary><div class="scroll" tabindex="0" role="region" aria-label="All pairs"><table class="plain"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></details>`
}
