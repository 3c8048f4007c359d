// `pnpm example <field> [--short] [--seeds 5] [--out folder]`: runs an example that was built.
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [field, ...rest] = process.argv.slice(2)
const path = (name) => fileURLToPath(new URL(`${name}/dist/main.js`, import.meta.url))
const fields = readdirSync(new URL('.', import.meta.url)).filter((name) => existsSync(path(name)))
if (!fields.includes(field)) {
  console.error(`Which example? pnpm example ${fields.join(' | ')}`)
  process.exit(2)
}
process.argv = [process.argv[0], path(field), ...rest]
await import(path(field))
