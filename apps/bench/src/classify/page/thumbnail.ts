import { type Html, html, raw } from '../../report/page/markup'
import type { CheckedItems } from '../check'
import type { Item } from '../support'

/** Pixels, of twice the width at which it is shown. */
const SIDE = 176

/** Draws an example: a picture as a small one inside the page, a text or numbers as text. */
export type Draw = (item: Item) => Promise<Html>

export async function drawer({ kind, columns }: CheckedItems): Promise<Draw> {
  if (kind === 'texts') return async ({ input }) => html`<q class="text">${cut(String(input))}</q>`
  if (kind === 'vectors') return async (item) => numbers(item, columns)
  const { default: sharp } = await import('sharp')
  return async ({ name, input }) => {
    const small = sharp(input as string, { autoOrient: true })
      .resize(SIDE, SIDE, { fit: 'cover' })
      .flatten({ background: '#fff' })
      .webp({ quality: 70 })
    const bytes = await small.toBuffer().catch(() => undefined)
    // What the encoder reads and sharp doesn't is named by its file.
    if (!bytes) return html`<span class="text">${fileOf(name)}</span>`
    const source = `data:image/webp;base64,${bytes.toString('base64')}`
    const picture = raw(`<img src="${source}" width="88" height="88" loading="lazy"`)
    return html`${picture} alt="${fileOf(name)}" title="${name}">`
  }
}

/** The name of a file without its folders. */
export function fileOf(name: string): string {
  return name.split(/[\\/]/).at(-1)!
}

const MOST = 160

function cut(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text
}

/** So many columns are shown. */
const SHOWN = 6

function numbers({ name, input }: Item, columns: readonly string[]): Html {
  const values = [...(input as Float32Array)].slice(0, SHOWN)
  const parts = values.map(
    (value, i) =>
      html`<div><dt>${columns[i] ?? i}</dt><dd>${Number(value.toPrecision(4))}</dd></div>`,
  )
  const more = input.length > SHOWN ? html`<div><dt>… ${input.length - SHOWN} more</dt></div>` : ''
  return html`<div class="row"><span class="where">${fileOf(name)}</span><dl>${parts}${more}</dl></div>`
}
