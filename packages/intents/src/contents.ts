// The packed file is gzipped JSON, as `../generator/pack.mjs` writes it; gzip holds its own checksum.
import { KshotError } from '@kshot/core'

/** All sentences, in the order of CLINC150. */
export interface Contents {
  readonly domains: readonly Domain[]
  readonly outOfScope: {
    readonly train: readonly string[]
    readonly validation: readonly string[]
    readonly test: readonly string[]
  }
}

/** The domain, shared by 15 intents, for example `banking`. */
export interface Domain {
  readonly name: string
  readonly intents: readonly { readonly name: string; readonly sentences: readonly string[] }[]
}

/** Inflates the bytes of `intents.bin`. Throws `intents/damaged`. */
export async function unpack(bytes: Uint8Array): Promise<Contents> {
  try {
    return JSON.parse(await gunzip(bytes))
  } catch (cause) {
    throw new KshotError('intents/damaged', {
      got: `${bytes.length} bytes that do not unpack: ${cause instanceof Error ? cause.message : cause}`,
      expected: 'the complete intents.bin from this version of @kshot/intents',
      remedy: 'Reinstall the package, or check the source that you passed',
      cause,
    })
  }
}

async function gunzip(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
  return new Response(stream.pipeThrough(new DecompressionStream('gzip'))).text()
}
