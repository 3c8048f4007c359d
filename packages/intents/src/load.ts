import { KshotError } from '@kshot/core'

/** Bytes of a source: `node:fs` reads file URLs, `fetch` reads all others. Throws `intents/unreadable`. */
export async function load(source: URL | string | ArrayBuffer | Uint8Array): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  try {
    const isFile = source instanceof URL && source.protocol === 'file:'
    return isFile ? await readFile(source) : await download(source)
  } catch (cause) {
    throw new KshotError('intents/unreadable', {
      got: `no bytes from ${source}: ${cause instanceof Error ? cause.message : cause}`,
      expected: 'the file intents.bin of @kshot/intents',
      remedy: 'Serve @kshot/intents/intents.bin and pass its URL, or its bytes, as `source`.',
      cause,
    })
  }
}

// Not an import: bundlers for the browser would try to resolve it.
function readFile(source: URL): Promise<Uint8Array> {
  if (typeof process === 'undefined') throw new Error('only Node reads file: URLs')
  return process.getBuiltinModule('node:fs').promises.readFile(source)
}

async function download(source: URL | string): Promise<Uint8Array> {
  const response = await fetch(source)
  if (!response.ok) throw new Error(`status ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}
