import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How much of an example is run. */
export interface Form {
  /** A few seconds instead of minutes: as in tests; its numbers mean nothing. */
  readonly short: boolean
  readonly seeds: readonly number[]
  /** What stands behind `--name value`. */
  option(name: string): string | undefined
  /** Whether `--name` is there. */
  flag(name: string): boolean
  /** Writes a file into the folder of results, and returns its path. */
  write(name: string, text: string): string
}

/**
 * Runs an example if its file is what Node was started with: `--short`, `--seeds 5`, `--out folder`, and
 * options of its own.
 */
export async function runExample(
  url: string,
  main: (form: Form) => Promise<string>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  if (resolve(process.argv[1] ?? '') !== fileURLToPath(url)) return
  const started = performance.now()
  process.stdout.write(`${await main(formOf(args))}\n`)
  process.stdout.write(`${Math.round((performance.now() - started) / 1000)} s\n`)
}

/** @param args as on a command line */
export function formOf(args: readonly string[]): Form {
  const option = (name: string) => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? undefined : args[at + 1]
  }
  const short = args.includes('--short')
  const count = Number(option('seeds') ?? (short ? 2 : 5))
  const folder = resolve(option('out') ?? 'runs/examples')
  return {
    short,
    seeds: Array.from({ length: count }, (_, i) => i + 1),
    option,
    flag: (name) => args.includes(`--${name}`),
    write(name, text) {
      mkdirSync(folder, { recursive: true })
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    },
  }
}
