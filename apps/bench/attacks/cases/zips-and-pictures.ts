import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Dataset, Splits } from '@kshot/episodes'
import { decodeImage, imageFolder, omniglot } from '@kshot/episodes/node'
import sharp from 'sharp'
import { drawing } from '../../../../packages/episodes/src/png.testing'
import { makeZip } from '../../../../packages/episodes/src/zip.testing'
import { type Attack, REFUSED } from '../attack'
import { folderFor } from '../command'
import { damage, isSame } from '../damage'
import { inputs } from '../random'
import { tally, wrong } from '../tally'

const half = (part: string, alphabets: readonly string[]) =>
  Object.fromEntries(
    alphabets.flatMap((alphabet, a) =>
      [1, 2].map((c) => [
        `${part}/${alphabet}/character0${c}/000${c}_01.png`,
        drawing(5 * a + 2 * c),
      ]),
    ),
  )

const background = half('images_background', ['Greek', 'Latin', 'Korean'])
const evaluation = half('images_evaluation', ['Tengwar', 'Angelic'])

/** Zips, drawings of Omniglot in folders, and pictures in four formats. */
export const attack: Attack = {
  name: 'zips and pictures',
  promise:
    'what is not whole, or unfolds into gigabytes, is refused; nothing is missing without a word',
  attempts: { full: 2_000, short: 80 },
  bound: REFUSED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('pictures')
    let places = 0
    const put = (files: { readonly [name: string]: Uint8Array }) => {
      const place = join(folder, `p${places++}`)
      for (const [name, bytes] of Object.entries(files)) {
        mkdirSync(dirname(join(place, name)), { recursive: true })
        writeFileSync(join(place, name), bytes)
      }
      return place
    }
    const whole = makeZip(background)
    const other = makeZip(evaluation)
    const load = (data: string) => omniglot({ data, split: 'lake', rotations: 'none' })
    const zips = (zip: Uint8Array) =>
      load(put({ 'images_background.zip': zip, 'images_evaluation.zip': other }))
    const right = pixels(await zips(whole))
    const pictures = await formats()
    let i = 0
    for (const { kind, apply } of inputs(damage, n)) {
      const way = i++ % 4
      if (way < 2) {
        const zip = apply(whole)
        // Of what stands in a zip, dates and comments mean nothing.
        await count.attempt(
          `zip, ${kind}`,
          () => zips(zip),
          (data) => (pixels(data) === right ? undefined : wrong('other drawings')),
        )
      } else if (way === 2) {
        const names = Object.keys(background)
        const name = names[i % names.length]!
        const bytes = apply(background[name]!)
        const place = put({ ...background, ...evaluation, [name]: bytes })
        await count.attempt(
          `drawing, ${kind}`,
          () => load(place),
          (data) => (pixels(data) === right ? undefined : wrong('another drawing')),
        )
      } else {
        const [format, bytes] = pictures[i % pictures.length]!
        const damaged = apply(bytes)
        const place = put({ [`x.${format}`]: damaged })
        // JPEG and WebP have no checksum: other pixels are all that damage inside can be seen by.
        const mayDecode = !/^(cut|zeros)/.test(kind) || isSame(damaged, bytes)
        const act = () => decodeImage(join(place, `x.${format}`), { size: [16, 16], channels: 1 })
        await count.attempt(`${format}, ${kind}`, act, () =>
          mayDecode || isTail(damaged, bytes) ? undefined : wrong('decoded though it breaks off'),
        )
      }
      rmSync(folder, { recursive: true, force: true })
    }
    await crafted()
    return count.outcome()

    async function crafted() {
      for (const [name, files] of Object.entries(craftedZips())) {
        await count.attempt(
          name,
          () => zips(makeZip({ ...background, ...files })),
          (data) => (pixels(data) === right ? undefined : wrong('accepted')),
        )
      }
      for (const [name, bytes] of Object.entries(await craftedPictures())) {
        const place = put({
          'a/1.png': pictures[0]![1],
          'b/1.png': pictures[0]![1],
          'c/x.png': bytes,
        })
        await count.attempt(
          name,
          () => imageFolder(place, { size: [16, 16], channels: 1 }),
          () => wrong('accepted'),
        )
      }
      const escaped = readdirSync(join(folder, '..')).filter((file) =>
        file.startsWith('kshot-escaped'),
      )
      count.check('files outside', escaped.length > 0 ? wrong(`wrote ${escaped}`) : undefined)
    }
  },
}

/** Cut behind the last byte that says anything. */
const isTail = (damaged: Uint8Array, whole: Uint8Array) => damaged.length > whole.length - 16

function pixels({ train, validation, test }: Splits): string {
  const of = (data: Dataset) =>
    data.classes.map(({ size }, c) =>
      Array.from({ length: size }, (_, i) => {
        const x = new Float32Array(data.shape.reduce((n, side) => n * side, 1))
        data.read(c, i, x, 0)
        return Buffer.from(x.buffer).toString('base64')
      }),
    )
  return [train, validation, test].flatMap(of).flat().sort().join()
}

async function formats() {
  const noise = Buffer.from(Array.from({ length: 32 * 24 * 3 }, (_, i) => (i * 7919) % 251))
  const raw = () => sharp(noise, { raw: { width: 32, height: 24, channels: 3 } })
  return [
    ['png', new Uint8Array(await raw().png().toBuffer())],
    ['jpg', new Uint8Array(await raw().jpeg().toBuffer())],
    ['webp', new Uint8Array(await raw().webp().toBuffer())],
    ['webp', new Uint8Array(await raw().webp({ lossless: true }).toBuffer())],
  ] as const
}

function craftedZips(): { [name: string]: { [name: string]: Uint8Array } } {
  const names = Object.keys(background)
  const picture = drawing(1)
  return {
    'a drawing that unfolds into 64 MB': { [names[0]!]: Buffer.alloc(64 * 2 ** 20) },
    'a name that leads outside': { '../../../kshot-escaped.png': picture },
    'an absolute name': { '/tmp/kshot-escaped.png': picture },
    'a name with a NUL': { 'images_background/Gr\0eek/character09/0001_01.png': picture },
    'a name without folders': { 'x.png': picture },
    'an empty drawing': { [names[0]!]: new Uint8Array() },
    'a text named .png': { [names[0]!]: Buffer.from('hello') },
  }
}

async function craftedPictures(): Promise<{ [name: string]: Uint8Array }> {
  const header = (width: number, height: number) => {
    const bytes = new Uint8Array(drawing(1))
    const view = new DataView(bytes.buffer)
    view.setUint32(16, width)
    view.setUint32(20, height)
    return bytes
  }
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>'
  return {
    nothing: new Uint8Array(),
    'a text': Buffer.from('hello'),
    'an svg that reads a file': Buffer.from(svg),
    'a pdf': Buffer.from('%PDF-1.4\n%%EOF'),
    '100,000 × 100,000 pixels': header(100_000, 100_000),
    '2³¹ − 1 pixels wide': header(2 ** 31 - 1, 1),
    'no pixels': header(0, 0),
  }
}
