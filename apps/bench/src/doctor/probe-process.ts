import { allowRelaxedSimd } from '../backends/relaxed-simd'
import { probe } from './probe'

// A separate process for one backend: `node probe.js NAME SECONDS`, whose answers are messages.
allowRelaxedSimd()
const [name, seconds] = process.argv.slice(2)
await probe(name!, Number(seconds), (probed) => process.send!(probed))
process.disconnect()
