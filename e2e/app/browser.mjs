import { wasm } from '@kshot/backend-wasm'
import { run } from './run.mjs'

const fetched = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer())
globalThis.result = (async () =>
  run(await fetched('/protonet.safetensors'), wasm({ path: '/' }), await fetched('/glyphs.bin')))()
