import type { Splits } from '@kshot/episodes'
import { imageFolder, textFile, vectorFile } from '@kshot/episodes/node'
import type { Config } from '../configuration/schema'

type Dataset = Config['dataset']
type Of<Name extends Dataset['name']> = Extract<Dataset, { name: Name }>

interface OwnData {
  readonly description: string
  readonly kind: 'pictures' | 'vectors' | 'texts'
  open(dataset: Dataset): Promise<Splits>
}

/** Users' own data, named by its path. */
export const ownData: { readonly [name: string]: OwnData } = {
  images: {
    description: 'your pictures: a folder with one folder per class (dataset.path)',
    kind: 'pictures',
    open: (dataset: Dataset) => images(dataset as Of<'images'>),
  },
  vectors: {
    description: 'your labelled vectors: CSV, TSV, JSON Lines or JSON (dataset.path)',
    kind: 'vectors',
    open: (dataset: Dataset) => vectors(dataset as Of<'vectors'>),
  },
  texts: {
    description: 'your labelled texts: CSV, TSV, JSON Lines or JSON (dataset.path)',
    kind: 'texts',
    open: (dataset: Dataset) => texts(dataset as Of<'texts'>),
  },
}

/** A configuration that was written before there was a fit has stretched its pictures. */
export const FIT_BEFORE = 'stretch'

function images({ name: _, path, distort: __, ...options }: Of<'images'>): Promise<Splits> {
  return imageFolder(path, written({ fit: FIT_BEFORE, ...options }))
}

function vectors({ name: _, path, ...options }: Of<'vectors'>): Promise<Splits> {
  return vectorFile(path, written(options))
}

function texts({ name: _, path, ...options }: Of<'texts'>): Promise<Splits> {
  return textFile(path, written(options))
}

type Written<T> = { [Key in keyof T]: Exclude<T[Key], undefined> }

/** Without the options that nobody has given. */
function written<T extends object>(options: T): Written<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Written<T>
}
