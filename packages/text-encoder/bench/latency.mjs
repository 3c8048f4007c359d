// Milliseconds a sentence after a warm-up, on wasm, one thread, beside the published graph in TensorFlow.js'
// own runtime: `node bench/latency.mjs`, after a build and `npm ci` in ../generator. In turns, since a machine
// is not equally fast all the time; each in a process of its own.
import { execFileSync } from 'node:child_process'

const ROUNDS = 3
const runs = {
  'textEncoder()': ['latency-of.mjs', 'textEncoder'],
  'staticTextEncoder()': ['latency-of.mjs', 'staticTextEncoder'],
  'published graph, tfjs-converter': ['../generator/latency.mjs'],
}
const times = Object.fromEntries(Object.keys(runs).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, [script, ...args]] of Object.entries(runs)) {
    const file = new URL(script, import.meta.url).pathname
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
    times[name].push(JSON.parse(execFileSync('node', [file, ...args], options)))
  }
}
for (const [name, all] of Object.entries(times)) {
  const best = (key) => Math.min(...all.map((time) => time[key])).toFixed(3)
  console.log(
    `${name}: ${best('sentence')} ms a sentence (${best('processor')} on the processor), ${best('batch')} in a batch of 20, ${best('load')} to load`,
  )
}
