import { KshotError } from '@kshot/core'

/** Bytes of a source: `node:fs` reads file URLs, `fetch` reads all others. Throws `glyphs/unreadable`. */
export async function load(source: URL | ArrayBuffer | Uint8Array): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  try {
    return source.protocol === 'file:' ? await readFile(source) : await download(source)
  } catch (cause) {
    throw new KshotError('glyphs/unreadable', {
      got: `no bytes from ${source.href}: ${cause instanceof Error ? cause.message : cause}`,
      expected: 'the file glyphs.bin of @kshot/glyphs',
      remedy: 'Serve @kshot/glyphs/glyphs.bin and pass its URL, or its bytes, as `source`.',
      cause,
    })
  }
}

// Not an import: bundlers for the browser would try to resolve it.
function readFile(source: URL): Promise<Uint8Array> {
  if (typeof process === 'undefined') throw new Error('only Node reads file: URLs')
  return process.getBuiltinModule('node:fs').promises.readFile(source)
}

async function download(source: URL): Promise<Uint8Array> {
  const response = await fetch(source)
  if (!response.ok) throw new Error(`status ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}
