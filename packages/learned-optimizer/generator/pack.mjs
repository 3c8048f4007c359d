// Writes trained weights into the package: node generator/pack.mjs quadratics FOLDER
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [name, folder] = process.argv.slice(2)
const base64 = readFileSync(join(folder, 'best.safetensors')).toString('base64')
const lines = base64.match(/.{1,90}/g).map((line) => `  '${line}' +`)
const text = lines.join('\n').replace(/ \+$/, '')
writeFileSync(
  new URL(`../src/weights/${name}.ts`, import.meta.url),
  `// Made by generator/train.mjs and generator/pack.mjs.\nexport const ${name} =\n${text}\n`,
)
