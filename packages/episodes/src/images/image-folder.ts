import { isKshotError, KshotError } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { assertDisjoint, type Dataset, type Splits } from '../dataset'
import {
  checkShares,
  DEFAULT_SHARES,
  dealt,
  dealtMissing,
  type SplitName,
  type SplitShares,
} from '../shares'
import { checkSpelling, type Spelling } from '../spelling'
import type { ImageFormat } from './decode-image'
import { brokenPictures, emptyClasses } from './faults'
import { imageFolderFormat } from './folder-format'
import { type ClassFolder, layoutOf, merged } from './layout'
import { type Loaded, loadPictures } from './load-pictures'
import { imageFolderOptions } from './options'
import { defaultCache } from './picture-cache'
import { type LoadedClass, pictureDataset } from './picture-dataset'
import { type PictureStore, pictureStore } from './picture-store'
import { understoodOf } from './understood-images'

export interface ImageFolderOptions extends Omit<ImageFormat, 'size'> {
  /** `[height, width]` in pixels. By default, with the channels, what suits the pictures (`imageFolderFormat`). */
  readonly size?: ImageFormat['size']
  /** Shares of the classes, for splits without a folder. Default 0.6, 0.2 and 0.2. */
  readonly splits?: SplitShares
  /** The seed that assigns classes to splits. Default 0. */
  readonly seed?: number | string
  /** `merge` treats `train/x` and `test/x` as one class, and splits all classes by `seed`. Default `use`. */
  readonly splitFolders?: 'use' | 'merge'
  /** Classes with fewer pictures are left out. By default all are used, and an empty one is an error. */
  readonly minImages?: number
  /** Whether unreadable pictures are an error (`refuse`, the default) or are left out. */
  readonly onBroken?: 'refuse' | 'skip'
  /** `exact`: names that differ only in case or spaces are different classes. Default `strict`. */
  readonly spelling?: Spelling
  /**
   * A folder that caches decoded pictures by content, for later runs. By
   * default `kshot/pictures` in the user's cache folder, for 1,000 pictures or 64 MiB and more; false: none.
   */
  readonly cache?: string | false
}

/**
 * A folder of images, with one folder per class, as `[height, width, channels]` in 0 … 1.
 *
 * With `train/`, `val/` and `test/` in it (or other usual names), as in mini-ImageNet and CIFAR-FS,
 * laid out, these are the splits, and a missing one is dealt from `train/`; without, the classes are
 * dealt to splits by `seed`. png, jpeg, webp, gif, tiff, avif and bmp, turned as their EXIF says. What
 * was used and left out is recorded in `understood`. Needs the package sharp.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/empty-class`,
 * `episodes/damaged-image` naming all, `episodes/image-too-large`, `episodes/sharp-missing`,
 * `episodes/splits-overlap`, `episodes/same-class-twice`, `episodes/bad-option`
 * @example const { train } = await imageFolder('photos/', { size: [84, 84], channels: 3 })
 */
export async function imageFolder(dir: string, options: ImageFolderOptions = {}): Promise<Splits> {
  checkOptions('episodes/bad-option', 'imageFolder', imageFolderOptions, options)
  const { splits: shares = DEFAULT_SHARES, seed = 0, minImages, onBroken } = options
  checkShares(shares)
  const found = await layoutOf(dir)
  const layout = options.splitFolders === 'merge' ? merged(found) : found
  const { large, small } = bySize(layout.classes, minImages)
  checkNames(large, options.spelling)
  const format = await formatOf(dir, options)
  const files = large.flatMap(filesOf)
  const loaded = await loadPictures(files, format, await storeFor(dir, files, format, options))
  if (loaded.broken.length > 0 && onBroken !== 'skip') throw brokenPictures(loaded.broken)
  const whole = bySize(withPixels(large, loaded), minImages)
  const { split, missing } = splitClasses(whole.large, layout.given, shares, seed)
  const load = (name: SplitName) => pictureDataset(split[name], format, specOf(name, dir, options))
  return {
    ...assertDisjoint({ train: load('train'), validation: load('validation'), test: load('test') }),
    given: layout.given,
    understood: understoodOf({
      layout,
      split,
      missing,
      small: [...small, ...whole.small],
      loaded,
      format,
      seed,
    }),
  }
}

/** One split of {@link imageFolder}: what a spec calls. */
export async function imageFolderSplit({
  name,
  dir,
  ...options
}: ImageFolderOptions & { readonly name: SplitName; readonly dir: string }): Promise<Dataset> {
  return (await imageFolder(dir, options))[name]
}

function storeFor(
  dir: string,
  files: readonly string[],
  format: ImageFormat,
  { cache }: ImageFolderOptions,
): Promise<PictureStore> {
  const place = cache === false ? undefined : (cache ?? defaultCache())
  return pictureStore(dir, files, format, { cache: place, always: typeof cache === 'string' })
}

function specOf(
  name: SplitName,
  dir: string,
  { cache: _, ...options }: ImageFolderOptions,
): Dataset['spec'] {
  const plain = JSON.parse(JSON.stringify(options)) as Dataset['spec']['options']
  return {
    package: '@kshot/episodes/node',
    export: 'imageFolderSplit',
    options: { ...plain, name, dir },
  }
}

async function formatOf(dir: string, options: ImageFolderOptions): Promise<ImageFormat> {
  const { size, channels, fit, resize, invert, bits } = options
  const suited = size ? { size, channels: 3 as const } : await imageFolderFormat(dir)
  return {
    ...suited,
    ...(channels !== undefined && { channels }),
    ...(fit !== undefined && { fit }),
    ...(resize !== undefined && { resize }),
    ...(invert !== undefined && { invert }),
    ...(bits !== undefined && { bits }),
  }
}

/**
 * The classes that have enough pictures, and those that are left out.
 * @throws `episodes/empty-class` if nothing says that small ones are to be left out
 */
function bySize<T extends ClassFolder>(classes: readonly T[], minImages: number | undefined) {
  const least = Math.max(minImages ?? 1, 1)
  const isSmall = ({ pictures }: T) => pictures.length < least
  const small = classes.filter(isSmall)
  if (small.length > 0 && minImages === undefined) throw emptyClasses(small)
  return {
    large: classes.filter((entry) => !isSmall(entry)),
    small: small.map(({ id, pictures }) => ({ id, size: pictures.length })),
  }
}

function filesOf({ pictures }: ClassFolder): string[] {
  return pictures.map(({ path }) => path)
}

/** The classes with the pixels of those pictures that could be read. */
function withPixels(classes: readonly ClassFolder[], { pixels }: Loaded) {
  let next = 0
  return classes.map((entry): ClassFolder & LoadedClass => {
    const from = next
    next += entry.pictures.length
    const own = pixels.slice(from, next)
    return {
      ...entry,
      pictures: entry.pictures.filter((_, i) => own[i]),
      pixels: own.filter((pixels) => pixels !== undefined),
    }
  })
}

function splitClasses<T extends ClassFolder>(
  classes: readonly T[],
  given: boolean,
  shares: SplitShares,
  seed: number | string,
) {
  if (!given) return { split: dealt(classes, shares, seed, 'image folder'), missing: [] }
  const of = (name: SplitName) => classes.filter(({ split }) => split === name)
  const named = { train: of('train'), validation: of('validation'), test: of('test') }
  const split = dealtMissing(named, shares, seed, 'image folder')
  const missing = (['validation', 'test'] as const).filter(
    (name) => named[name].length === 0 && split[name].length > 0,
  )
  return { split, missing }
}

/** Throws where a class is in two splits, by its name or by one that differs in spelling alone. */
function checkNames(classes: readonly ClassFolder[], spelling: Spelling | undefined): void {
  const of = (name: SplitName) => ({ classes: classes.filter(({ split }) => split === name) })
  try {
    assertDisjoint({ train: of('train'), validation: of('validation'), test: of('test') })
  } catch (error) {
    if (!isKshotError(error)) throw error
    const { code, got, expected, remedy } = error
    const merge = "or pass splitFolders: 'merge', which assigns all classes to splits again"
    throw new KshotError(code, { got, expected, remedy: `${remedy}; ${merge}` })
  }
  checkSpelling(
    classes.map(({ id }) => id),
    spelling,
  )
}
