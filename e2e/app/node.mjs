import { readFile } from 'node:fs/promises'
import { wasm } from '@kshot/backend-wasm'
import { run } from './run.mjs'

const checkpoint = new URL(import.meta.resolve('@kshot/glyphs/protonet.safetensors'))
console.log(JSON.stringify(await run(await readFile(checkpoint), wasm())))
