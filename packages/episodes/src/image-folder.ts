import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { KshotError } from '@kshot/core'
import { badOption } from './checks'
import { assertDisjoint, type ClassEntry, type Dataset, type Splits } from './dataset'
import { decodeImage, type ImageFormat, imageHeader } from './decode-image'
import { checkShares, DEFAULT_SHARES, dealt, type SplitName, type SplitShares } from './shares'

export interface ImageFolderOptions extends ImageFormat {
  /** Shares of the classes, for a folder without `train/` and `test/`. Default 0.6, 0.2 and 0.2. */
  readonly splits?: SplitShares
  /** Deals the classes to the splits. Default 0. */
  readonly seed?: number | string
}

const SPLIT_FOLDERS: { readonly [name in SplitName]: readonly string[] } = {
  train: ['train'],
  validation: ['validation', 'val', 'valid'],
  test: ['test'],
}

/**
 * A folder of images, a folder a class, as `[height, width, channels]` in 0 … 1.
 *
 * With `train/`, `val/` (or `validation/`) and `test/` in it, as mini-ImageNet and CIFAR-FS are laid
 * out, these are the splits; without, the classes are dealt to splits by `seed`. png, jpeg and webp,
 * turned as their EXIF says; the images lie in memory, a byte a value. Needs the package sharp.
 * @throws `episodes/data-not-found`, `episodes/empty-class`, `episodes/damaged-image`,
 * `episodes/image-too-large`, `episodes/sharp-missing`, `episodes/splits-overlap`, `episodes/bad-option`
 * @example const { train } = await imageFolder('photos/', { size: [84, 84], channels: 3 })
 */
export async function imageFolder(dir: string, options: ImageFolderOptions): Promise<Splits> {
  checkFormat(options)
  const shares = checkShares(options.splits ?? DEFAULT_SHARES)
  const folders = await foldersIn(dir)
  const classes = folders.map((id) => ({ id, path: join(dir, id) }))
  const given = await splitFolders(dir, folders)
  const split = given ?? dealt(classes, shares, options.seed ?? 0, 'image folder')
  const load = (name: SplitName) => loadClasses(split[name], options, specOf(name, dir, options))
  // one after the other: each keeps all cores busy decoding
  const train = await load('train')
  const validation = await load('validation')
  const splits = assertDisjoint({ train, validation, test: await load('test') })
  return { ...splits, given: given !== undefined }
}

/** One split of {@link imageFolder}: what a spec calls. */
export async function imageFolderSplit({
  name,
  dir,
  ...options
}: ImageFolderOptions & { readonly name: SplitName; readonly dir: string }): Promise<Dataset> {
  return (await imageFolder(dir, options))[name]
}

/** The least and the most of what a folder that says no size is read at: four poolings need 16 pixels. */
const SIDES = { least: 28, most: 84 }

/**
 * A size and number of channels that suit a folder's pictures, from the first one of each class: the
 * longest side, but 28 to 84 pixels; grey if all are.
 * @throws as {@link imageFolder}
 */
export async function imageFolderFormat(
  dir: string,
): Promise<{ readonly size: readonly [height: number, width: number]; readonly channels: 1 | 3 }> {
  const folders = await foldersIn(dir)
  const split = await splitFolders(dir, folders)
  const paths = split
    ? Object.values(split).flatMap((list) => list.map(({ path }) => path))
    : folders.map((id) => join(dir, id))
  const headers = await Promise.all(
    paths.map(async (path) => imageHeader((await imagesIn(path))[0]!)),
  )
  const longest = Math.max(...headers.map(({ width, height }) => Math.max(width, height)))
  const side = Math.min(SIDES.most, Math.max(SIDES.least, longest))
  return { size: [side, side], channels: headers.every(({ grey }) => grey) ? 1 : 3 }
}

function specOf(name: SplitName, dir: string, options: ImageFolderOptions): Dataset['spec'] {
  const plain = JSON.parse(JSON.stringify(options)) as Dataset['spec']['options']
  return {
    package: '@kshot/episodes/node',
    export: 'imageFolderSplit',
    options: { ...plain, name, dir },
  }
}

/** A class: its name and its folder. */
interface ClassFolder {
  readonly id: string
  readonly path: string
}

type ClassFolders = { readonly [name in SplitName]: readonly ClassFolder[] }

/** The classes of `train/`, `val/` and `test/`, or undefined where there are no such folders. */
async function splitFolders(
  dir: string,
  folders: readonly string[],
): Promise<ClassFolders | undefined> {
  if (!folders.includes('train') || !folders.includes('test')) return undefined
  const classesOf = async (name: SplitName) => {
    const folder = SPLIT_FOLDERS[name].find((candidate) => folders.includes(candidate))
    if (!folder) return []
    const path = join(dir, folder)
    return (await foldersIn(path)).map((id) => ({ id, path: join(path, id) }))
  }
  return {
    train: await classesOf('train'),
    validation: await classesOf('validation'),
    test: await classesOf('test'),
  }
}

async function loadClasses(
  folders: readonly ClassFolder[],
  format: ImageFormat,
  spec: Dataset['spec'],
): Promise<Dataset> {
  const shape = [...format.size, format.channels ?? 3]
  const files = await Promise.all(folders.map(({ path }) => imagesIn(path)))
  const images = await decodeAll(files.flat(), format)
  let next = 0
  const classes = folders.map(({ id }, i): ClassEntry & { first: number } => {
    const first = next
    next += files[i]!.length
    return { id, size: files[i]!.length, first }
  })
  return {
    spec,
    shape,
    classes: classes.map(({ id, size }) => ({ id, size })),
    read(classIndex, example, target, offset) {
      const entry = classes[classIndex]
      if (!entry || !(example >= 0 && example < entry.size)) {
        throw new RangeError(`there is no example ${example} of class ${classIndex}`)
      }
      const bytes = images[entry.first + example]!
      if (offset + bytes.length > target.length) throw new RangeError('the target is too small')
      for (let i = 0; i < bytes.length; i++) target[offset + i] = bytes[i]! / 255
    },
  }
}

/** As many at once as keep the cores busy; more would only hold more memory. */
async function decodeAll(files: readonly string[], format: ImageFormat): Promise<Uint8Array[]> {
  const images: Uint8Array[] = []
  let next = 0
  const work = async () => {
    while (next < files.length) {
      const i = next++
      images[i] = await decodeImage(files[i]!, format)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return images
}

async function imagesIn(path: string): Promise<string[]> {
  const names = (await readdir(path)).filter((name) => /^[^.].*\.(png|jpe?g|webp)$/i.test(name))
  if (names.length > 0) return names.sort().map((name) => join(path, name))
  throw new KshotError('episodes/empty-class', {
    got: `the class folder ${path} without any image`,
    expected: 'at least one .png, .jpg, .jpeg or .webp',
    remedy: 'Add images, or remove the folder',
  })
}

/** The folders in a folder that are not hidden, in the order of their names. */
async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
    throw notFound(`${path}: ${(cause as Error).message}`, cause)
  })
  const folders = entries.filter((e) => e.isDirectory() && !e.name.startsWith('.'))
  if (folders.length === 0) throw notFound(`no folder in ${path}`)
  return folders.map(({ name }) => name).sort()
}

function notFound(got: string, cause?: unknown): KshotError {
  return new KshotError('episodes/data-not-found', {
    got,
    expected: 'a folder with a folder of images for each class, or with train/, val/ and test/',
    remedy: 'Check the path',
    cause,
  })
}

function checkFormat({ size, channels = 3 }: ImageFormat): void {
  const [height, width] = size
  if ([height, width].every((n) => Number.isInteger(n) && n >= 1) && [1, 3].includes(channels))
    return
  throw badOption(
    `size [${size}], channels ${channels}`,
    'size [height, width] in whole pixels, channels 1 or 3',
    'Pass size: [84, 84], channels: 3',
  )
}
