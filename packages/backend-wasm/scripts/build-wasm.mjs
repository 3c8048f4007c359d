// Compiles assembly/*.ts, each a module of its own in two variants, to src/kernels/binary/*.ts:
// text that any bundler takes and no server has to serve. `npm run build:wasm [name…]`
import { readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The names of the modules. */
export const names = readdirSync(join(root, 'assembly'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))

/** Where a module's text is kept. */
export const fileOf = (name) => join(root, 'src/kernels/binary', `${name}.ts`)

/** The text of src/kernels/binary/NAME.ts. */
export async function textOf(name) {
  const simd = await compile(name, [])
  const fma = await compile(name, ['--enable', 'relaxed-simd'])
  const functions = WebAssembly.Module.exports(new WebAssembly.Module(simd))
    .filter(({ kind }) => kind === 'function')
    .map((found) => `'${found.name}'`)
  return [
    `// Compiled from assembly/${name}.ts by \`npm run build:wasm\`.`,
    'export default {',
    `  functions: [${functions.join(', ')}],`,
    `  simd: '${Buffer.from(simd).toString('base64')}',`,
    `  fma: '${Buffer.from(fma).toString('base64')}',`,
    '} as const',
    '',
  ].join('\n')
}

// No runtime and no data: the memory is that of TensorFlow.js, and nothing of ours lies in it.
async function compile(name, features) {
  let binary
  const { error, stderr } = await asc.main(
    [
      `assembly/${name}.ts`,
      '--outFile',
      'out.wasm',
      '--baseDir',
      root,
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '-O3',
      '--converge',
      '--noAssert',
      '--importMemory',
      ...features,
    ],
    {
      writeFile: (_, contents) => {
        binary = contents
      },
    },
  )
  if (error) throw new Error(`${name}: ${error.message}\n${stderr}`)
  if (hasData(binary))
    throw new Error(`${name} has static data: of a closure, a string or an array`)
  return binary
}

// A module is a header of 8 bytes, then sections: a number, a length (LEB128), contents. 11 is data.
function hasData(binary) {
  let at = 8
  while (at < binary.length) {
    if (binary[at] === 11) return true
    let [length, shift] = [0, 0]
    do {
      at++
      length |= (binary[at] & 127) << shift
      shift += 7
    } while (binary[at] > 127)
    at += 1 + length
  }
  return false
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2)
  for (const name of wanted.length > 0 ? wanted : names) {
    writeFileSync(fileOf(name), await textOf(name))
  }
}
