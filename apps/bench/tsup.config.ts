import { readdirSync } from 'node:fs'
import { defineConfig } from 'tsup'

const cases = readdirSync('speed/cases').map((file) => `speed/cases/${file.replace('.ts', '')}`)
// Run before kshot, in a process that is attacked.
const preload = readdirSync('attacks/preload').map(
  (file) => `attacks/preload/${file.replace('.ts', '')}`,
)
const speed = ['speed/run', 'speed/measure', 'speed/growth', ...cases]

export default defineConfig({
  entry: {
    cli: 'src/start.ts',
    probe: 'src/doctor/probe-process.ts',
    cell: 'src/leaderboard/child.ts',
    'backends/table': 'backends/table.ts',
    'backends/column': 'backends/column.ts',
    'docs/write': 'docs/write.ts',
    'attacks/one': 'attacks/one.ts',
    'attacks/run': 'attacks/run.ts',
    'attacks/racer': 'attacks/racer.ts',
    'attacks/writer': 'attacks/writer.ts',
    ...Object.fromEntries(preload.map((path) => [path, `${path}.ts`])),
    ...Object.fromEntries(speed.map((path) => [path, `${path}.ts`])),
  },
  format: 'esm',
  sourcemap: true,
  clean: true,
  // testkit's own copies are never run: kshot's backends bring them
  external: ['@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-backend-wasm'],
})
