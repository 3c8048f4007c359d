import { dirname, join } from 'node:path'
import { runCommand } from './run-command'

/** Loads a binding in a separate process and computes with it; the version of libtensorflow. */
export async function checkBinding(binding: string): Promise<string> {
  const printed = await runCommand({
    code: 'native/check-failed',
    what: 'a binding that loads and computes 1 + 2',
    remedy: `Remove ${join(dirname(binding), '../../..')} and run 'npx kshot native install' again; if that doesn't help, please report this`,
    run: [process.execPath, '-e', CHECK, binding],
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  })
  return printed.trim()
}

const CHECK = `
const b = require(process.argv[1])
const [x, y] = [1, 2].map((v) => b.createTensor([1], b.TF_FLOAT, Float32Array.of(v)))
const [sum] = b.executeOp('AddV2', [], [x, y], 1)
if (b.tensorDataSync(sum.id)[0] !== 3) throw new Error('1 + 2 is ' + b.tensorDataSync(sum.id)[0])
console.log(b.TF_Version)
`
