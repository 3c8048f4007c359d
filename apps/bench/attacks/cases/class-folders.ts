import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { printedJson } from '@kshot/results'
import fc from 'fast-check'
import sharp from 'sharp'
import type { CheckedItems } from '../../src/classify/check'
import { checkPage } from '../../src/classify/page/check-page'
import { readSupport, type Support } from '../../src/classify/support'
import { checkedText } from '../../src/commands/classify-check'
import { classifiedText } from '../../src/commands/classify-table'
import { inspectedText } from '../../src/commands/inspect'
import { inspect } from '../../src/data/inspect'
import { contactSheet } from '../../src/report/contact-sheet'
import { type Attack, REFUSED } from '../attack'
import { folderFor, made } from '../command'
import { hostileText } from '../hostile-text'
import { foreignMarkup, steering } from '../judged-text'
import { inputs } from '../random'
import { type Fault, tally, wrong } from '../tally'

/** What tells of a folder of pictures, and whether it is a page. */
interface Telling {
  readonly name: string
  readonly page: boolean
  tell(folder: string): Promise<string>
}

const stream = { isTTY: false } as NodeJS.WriteStream

const TELLINGS: readonly Telling[] = [
  {
    name: 'inspect',
    page: false,
    tell: async (folder) => inspectedText((await inspected(folder)).inspected, stream),
  },
  {
    name: 'inspect --json',
    page: false,
    tell: async (folder) => printedJson((await inspected(folder)).inspected),
  },
  {
    name: 'contact sheet',
    page: true,
    async tell(folder) {
      const { inspected: found, data } = await inspected(folder)
      return contactSheet(found, data)
    },
  },
  {
    name: 'classify',
    page: false,
    tell: async (folder) =>
      classifiedText(classified(await readSupport(folder, undefined)), stream),
  },
  {
    name: 'classify --check',
    page: false,
    tell: async (folder) =>
      checkedText(checked(await readSupport(folder, undefined)), stream, folder),
  },
  {
    name: 'page of a check',
    page: true,
    tell: async (folder) => checkPage(checked(await readSupport(folder, undefined))),
  },
]

const inspected = (path: string) => inspect({ path, kind: undefined, label: undefined })

/** Folders and pictures with names that no page, table or terminal may take for more than names. */
export const attack: Attack = {
  name: 'class folders',
  promise:
    'names of folders and pictures are texts in contact sheets, checks and tables: never markup, a command or an escape sequence',
  attempts: { full: 1_500, short: 36 },
  bound: REFUSED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('class-folders')
    const png = await sharp(Buffer.alloc(64, 200), { raw: { width: 8, height: 8, channels: 1 } })
      .png()
      .toBuffer()
    const names = fc.uniqueArray(hostileText.map(fileName), { minLength: 3, maxLength: 3 })
    const plainPages = new Map<Telling, string>()
    const plainFolder = join(folder, 'plain')
    fill(plainFolder, ['one', 'two', 'three'], png)
    let i = 0
    for (const classes of inputs(names, n)) {
      const telling = TELLINGS[i++ % TELLINGS.length]!
      const own = join(folder, 'own')
      rmSync(own, { recursive: true, force: true })
      fill(own, classes, png)
      if (!plainPages.has(telling)) plainPages.set(telling, await telling.tell(plainFolder))
      const judge = (told: string): Fault | undefined => {
        const odd =
          (telling.page ? foreignMarkup(told, plainPages.get(telling)!) : undefined) ??
          steering(told)
        return odd === undefined ? undefined : wrong(odd)
      }
      const what = `${telling.name}, ${JSON.stringify(classes[0]!.slice(0, 60))}`
      await count.attempt(what, () => telling.tell(own), judge)
    }
    return count.outcome()
  },
}

/** As much of a text as a file system takes for a name. */
function fileName(text: string): string {
  let name = Buffer.from(text).toString().replaceAll(/[/\0]/g, '_')
  while (Buffer.byteLength(name) > 200) name = [...name].slice(0, -10).join('')
  return /^\.*$/.test(name) ? `x${name}` : name
}

/** A picture that can be read, one that can't, in each class. */
function fill(folder: string, classes: readonly string[], png: Buffer): void {
  for (const name of classes) {
    const own = made(folder, name)
    writeFileSync(join(own, `a ${name}.png`), png)
    writeFileSync(join(own, 'b.png'), png)
    writeFileSync(join(own, `broken ${name}.png`), 'none')
  }
}

function classified({ classes, notes }: Support) {
  const ranking = classes.map(({ label }) => ({ label, confidence: 1 / classes.length }))
  const { label, confidence } = ranking[0]!
  const queries = classes.flatMap(({ items }) => items)
  return {
    ...about,
    support: Object.fromEntries(classes.map((one) => [one.label, one.items.length])),
    notes,
    predictions: queries.map(({ name }) => ({ query: name, label, confidence, ranking })),
  }
}

const about = { encoder: 'image-encoder', head: 'nearest-centroid', transductive: false } as const

/** Where each example is taken for another class. */
function checked({ kind, classes, notes }: Support): CheckedItems {
  const items = classes.flatMap((one) => one.items)
  const names = items.map(({ name }) => name)
  const other = (i: number) => classes[(i + 1) % classes.length]!.label
  return {
    checked: {
      ...about,
      support: Object.fromEntries(classes.map((one) => [one.label, one.items.length])),
      notes,
      accuracy: 0,
      interval: [0, 0.5],
      examples: items.length,
      right: 0,
      classes: classes.map((one) => ({ label: one.label, examples: one.items.length, right: 0 })),
      confused: classes.map((one, i) => ({
        label: one.label,
        takenFor: other(i),
        examples: one.items.map(({ name }) => name),
      })),
      suspects: classes.map((one, i) => ({
        example: one.items[0]!.name,
        label: one.label,
        predicted: other(i),
        confidence: 0.01,
      })),
      alone: names.slice(0, 2),
    },
    kind,
    columns: [],
    items: new Map(items.map((item) => [item.name, item])),
    wrong: new Set(names),
    byClass: new Map(classes.map((one) => [one.label, one.items])),
  }
}
