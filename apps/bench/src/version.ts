import { readFileSync } from 'node:fs'

/** The version of kshot itself, for example `0.1.0`. */
export function ownVersion(): string {
  // beside `dist` in the package, beside `src` in its sources
  const file = new URL('../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
