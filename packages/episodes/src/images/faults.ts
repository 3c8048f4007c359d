import { KshotError } from '@kshot/core'
import { counted, shortList } from '../understood'
import { READABLE, remedyFor } from './kinds'
import type { ClassFolder } from './layout'
import type { Broken } from './load-pictures'

/** So many are listed in an error. */
const LISTED = 20

/** Every picture that can't be read, with its reason. */
export function brokenPictures(broken: readonly Broken[]): KshotError {
  const [code, other] = new Set(broken.map((fault) => fault.code))
  const faults = broken.map(({ file, reason }) => `${file}: ${reason}`)
  return new KshotError(other ? 'episodes/damaged-image' : code!, {
    got: `${counted(broken.length, 'picture')} that can't be read: ${shortList(faults, LISTED, '; ')}`,
    expected: 'intact pictures (png, jpeg, webp, gif, tiff, avif, bmp)',
    remedy: "Replace or remove them, or leave them out with onBroken: 'skip'",
  })
}

export function emptyClasses(empty: readonly ClassFolder[]): KshotError {
  const list = empty.map(({ path, others }) => `${path}${beside(others)}`)
  const classes = empty.length === 1 ? 'the class folder' : `${empty.length} class folders`
  const remedies = [...new Set(empty.flatMap(({ others }) => others))].flatMap((ending) => {
    const remedy = remedyFor(ending)
    return remedy ? [`${ending}: ${remedy}`] : []
  })
  return new KshotError('episodes/empty-class', {
    got: `${classes} without images: ${shortList(list, LISTED)}`,
    expected: `at least one picture (${READABLE.join(', ')})`,
    remedy: [
      ...remedies,
      'Add images, remove the folder, or leave small classes out with minImages: 1',
    ].join('; '),
  })
}

function beside(others: readonly string[]): string {
  if (others.length === 0) return ''
  return ` (${shortList(endings(others))})`
}

/** `3 .txt, 1 without an ending` */
export function endings(all: readonly string[]): string[] {
  return Object.entries(byEnding(all)).map(([ending, n]) => `${n} ${ending}`)
}

export function byEnding(all: readonly string[]): { readonly [ending: string]: number } {
  const counts = new Map<string, number>()
  for (const ending of all) {
    const name = ending === '' ? 'without an ending' : ending
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a))
}
