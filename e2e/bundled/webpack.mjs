import { fileURLToPath } from 'node:url'
import webpack from 'webpack'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const compiler = webpack({
  mode: 'production',
  context: here('.'),
  entry: './page.mjs',
  output: { path: here('webpack'), filename: 'page.js', publicPath: 'auto' },
  performance: false,
})
compiler.run((error, stats) => {
  if (!error && !stats.hasErrors()) return
  console.error(error ?? stats.toString('errors-only'))
  process.exitCode = 1
})
