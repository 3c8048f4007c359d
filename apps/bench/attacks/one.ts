// One attack in a process of its own: node one.js NAME ATTEMPTS. Its outcome is the last line.
import { attacks } from './attacks'

const [name, attempts] = process.argv.slice(2)
const attack = attacks.find((one) => one.name === name)
if (!attack) throw new Error(`no attack '${name}'`)
const outcome = await attack.run(Number(attempts))
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit())
