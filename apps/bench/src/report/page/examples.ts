import { firm } from '@kshot/results'
import type { Example, Picture } from '../pictures'
import { swatch } from './leaderboard'
import { type Html, html } from './markup'
import type { Look } from './palette'

/** More supports a class are shown smaller. */
const FEW_SHOTS = 1

/** Episodes as pictures: the support set, some queries, and what each learner took them for. */
export function exampleEpisodes(
  examples: readonly Example[],
  looks: ReadonlyMap<string, Look>,
): Html {
  const all = examples.map((example) => episode(example, looks))
  return html`<div class="episodes">${all}</div>
<p class="notes">Letters name the classes of an episode; wrong answers are struck through. Next to each learner is its accuracy in the whole episode, trained with its first seed. The pictures are the first queries.</p>`
}

function episode(example: Example, looks: ReadonlyMap<string, Look>): Html {
  return html`<div class="card"><h4>Episode ${example.number}, ${example.why}</h4>
${support(example)}
<table class="episode"><caption class="hidden">Queries of episode ${example.number} and the predictions</caption>
<thead><tr><td class="corner">query</td>${example.query.map((picture, i) => html`<th scope="col">${shown(picture, `Query ${i + 1}: ${picture.classId}`)}</th>`)}</tr>
<tr class="truth"><th scope="row" class="corner">truth</th>${example.query.map(({ label }) => html`<td>${letter(label)}</td>`)}</tr></thead>
<tbody>${example.said.map((said) => answers(said, example, looks))}</tbody></table></div>`
}

function support({ support, ways }: Example): Html {
  const classes = Array.from({ length: ways }, (_, label) => {
    const pictures = support.filter((picture) => picture.label === label)
    const many = pictures.length > FEW_SHOTS || ways > 10
    const all = pictures.map((picture) =>
      shown(picture, `Support of ${letter(label)}: ${picture.classId}`),
    )
    return html`<li${many && html` class="many"`}><span class="shots">${all}</span>${letter(label)}</li>`
  })
  return html`<ul class="support" aria-label="Support set">${classes}</ul>`
}

function answers(
  { name, accuracy, labels }: Example['said'][number],
  { query }: Example,
  looks: ReadonlyMap<string, Look>,
): Html {
  const cells = labels.map((label, i) =>
    label === query[i]!.label
      ? html`<td class="right">${letter(label)}</td>`
      : html`<td class="wrong"><span class="hidden">wrong: </span>${letter(label)}</td>`,
  )
  return html`<tr><th scope="row">${swatch(looks.get(name)!)}${name} <span class="sub">${firm(`${(100 * accuracy).toFixed(0)} %`)}</span></th>${cells}</tr>`
}

function shown({ uri, ink }: Picture, alt: string): Html {
  return html`<img class="picture${ink ? ' ink' : ''}" src="${uri}" alt="${alt}" title="${alt}">`
}

/** A, B, … Z, AA, AB, …. */
export function letter(label: number): string {
  const last = String.fromCharCode(65 + (label % 26))
  return label < 26 ? last : `${letter(Math.floor(label / 26) - 1)}${last}`
}
