import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Reference values of `../test-data`, as `../generator` wrote them. */
export function reference<T>(name: string): T {
  const file = new URL(`../test-data/${name}.json.gz`, import.meta.url)
  return JSON.parse(gunzipSync(readFileSync(file)).toString())
}

/** Reference: a text, and the ids of its pieces. */
export type Tokens = [text: string, ids: number[]]
/** Reference: a text, and its embedding. */
export type Embedding = [text: string, row: number[]]

/** Bytes of an encoder's file. */
export function fileOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../data/${name}`, import.meta.url)))
}
