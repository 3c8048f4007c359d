import { KshotError } from './errors'

/** Where to read bytes, or the bytes themselves: a URL, the result of a `?url` import, in Node also a path. */
export type ByteSource = string | URL | ArrayBuffer | Uint8Array

/** A file that a package ships: data, weights. */
export interface PackageFile {
  /** For example `@kshot/glyphs`. */
  readonly package: string
  /** As the package exports it: `glyphs.bin`. */
  readonly file: string
  /** `new URL('../data/glyphs.bin', import.meta.url)`, written in the package itself, where bundlers look for it. */
  readonly url: URL
}

export interface ReadOptions {
  /** Read instead of the package's own copy. */
  readonly source?: ByteSource | undefined
  /** Called while bytes arrive over the network; `total` if the server states it. */
  readonly onProgress?: ((loaded: number, total: number | undefined) => void) | undefined
}

/**
 * The bytes of a package's own file, or of the `source` that replaces it: read from disk in Node,
 * fetched everywhere else.
 * @throws `<name>/unreadable`, for example `glyphs/unreadable`
 * @example
 * const url = new URL('../data/glyphs.bin', import.meta.url)
 * const bytes = await readPackageFile({ package: '@kshot/glyphs', file: 'glyphs.bin', url })
 */
export async function readPackageFile(own: PackageFile, options: ReadOptions = {}) {
  const { source = unoptimised(own) } = options
  if (source instanceof Uint8Array) return source
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  try {
    const path = pathOf(source)
    return path === undefined ? await download(source, options) : await readFile(path)
  } catch (cause) {
    throw unreadable(own, source, cause)
  }
}

/**
 * The dev server of Vite before version 8 moves a package's code to `node_modules/.vite/deps` and leaves
 * its files where they are (vitejs/vite#8427).
 */
function unoptimised({ package: name, url }: PackageFile): URL {
  return new URL(url.href.replace(/\/node_modules\/\.vite\/(deps\/)?/, `/node_modules/${name}/`))
}

/** What `node:fs` opens; undefined for what is fetched. */
function pathOf(source: string | URL): string | URL | undefined {
  if (source instanceof URL) return source.protocol === 'file:' ? source : undefined
  if (/^file:/i.test(source)) return new URL(source)
  // A scheme has two letters or more: `C:\data` is a path.
  const address = /^[a-z][\w+.-]+:/i.test(source)
  return address || !runsInNode() ? undefined : source
}

function runsInNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined
}

// Not an import: bundlers for the browser would try to resolve it.
function readFile(path: string | URL): Promise<Uint8Array> {
  if (!runsInNode()) throw new Error('only Node reads file: URLs')
  return process.getBuiltinModule('node:fs').promises.readFile(path)
}

async function download(source: string | URL, { onProgress }: ReadOptions): Promise<Uint8Array> {
  const response = await fetch(source)
  if (!response.ok) throw new Error(`status ${response.status}`)
  // What many servers answer with where there is no such file.
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/html/i.test(type)) throw new Error('a web page in its place')
  if (!onProgress || !response.body) return new Uint8Array(await response.arrayBuffer())
  return collect(response.body, Number(response.headers.get('content-length')), onProgress)
}

async function collect(
  body: ReadableStream<Uint8Array>,
  length: number,
  onProgress: NonNullable<ReadOptions['onProgress']>,
): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let loaded = 0
  const reader = body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value as Uint8Array<ArrayBuffer>)
    loaded += part.value.length
    // The length is that of the packed bytes where the server packs them.
    onProgress(loaded, length >= loaded ? length : undefined)
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

function unreadable({ package: name, file }: PackageFile, source: string | URL, cause: unknown) {
  return new KshotError(`${familyOf(name)}/unreadable`, {
    got: `no bytes from ${source}: ${cause instanceof Error ? cause.message : cause}`,
    expected: `the file ${file} of ${name}`,
    remedy: `Serve ${name}/${file} and pass its URL, or its bytes, as 'source'; in Vite: import url from '${name}/${file}?url'`,
    cause,
  })
}

/** `glyphs` of `@kshot/glyphs`: how the codes of its errors begin. */
export function familyOf(name: string): string {
  return name.slice(name.indexOf('/') + 1)
}
