// Loss and gradient of a 5-way 5-shot head on 1,600 dimensions, 15 queries a class, beside its authors' way in PyTorch:
// `PYTHON=python3 node bench/heads.mjs wasm`, after a build. Time of the processor, one thread each, in turns, since a
// machine is not equally fast all the time.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const ROUNDS = 7
const backend = process.argv[2] ?? 'wasm'

/** A process that answers each line with one of JSON. */
function peer(command, ...args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value)
  return {
    next,
    ask: () => {
      child.stdin.write('\n')
      return next()
    },
    end: () => child.stdin.end(),
  }
}

const file = (name) => new URL(name, import.meta.url).pathname
const torch = peer(process.env.PYTHON ?? 'python3', file('heads_torch.py'))
const kshot = peer('node', ...process.execArgv, file('heads-of.mjs'), backend)
console.log(await torch.next(), await kshot.next())
const rounds = []
for (let i = 0; i < ROUNDS; i++) rounds.push({ torch: await torch.ask(), kshot: await kshot.ask() })
torch.end()
kshot.end()

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
for (const head of ['ridge', 'svm']) {
  const of = (who) => median(rounds.map((round) => round[who][head]))
  const ratios = rounds.map(({ kshot, torch }) => kshot[head] / torch[head])
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
  console.log(
    `${head}: kshot ${of('kshot').toFixed(2)} ms, PyTorch ${of('torch').toFixed(2)} ms, ratio ${median(ratios).toFixed(2)} (${spread}) in ${ROUNDS} rounds`,
  )
}
