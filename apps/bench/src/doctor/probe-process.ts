import { allowRelaxedSimd } from '../relaxed-simd'
import { probe } from './probe'

// A process of its own for one backend: `node probe.js NAME SECONDS`, whose answer is a message.
allowRelaxedSimd()
const [name, seconds] = process.argv.slice(2)
process.send!(await probe(name!, Number(seconds)), () => process.disconnect())
