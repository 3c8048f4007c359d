import { InvalidArgumentError, Option } from 'commander'
import { EXECUTORS } from '../backends/executors'
import { MOST_WORKERS } from '../configuration/numbers'

/** A number of the command line. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('Expected a whole number of at least 0.')
  }
  return value
}

export function seconds(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError('Expected a number of seconds above 0.')
  }
  return value
}

/** A number of threads. */
export function threads(text: string): number | 'auto' {
  if (text === 'auto') return text
  const value = wholeNumber(text)
  if (value > MOST_WORKERS) throw new InvalidArgumentError(`Expected at most ${MOST_WORKERS}.`)
  return value
}

export const collect = (value: string, before: readonly string[] | undefined) => [
  ...(before ?? []),
  value,
]

/** Options that several commands share. */
export const shared = {
  set: () =>
    new Option('--set <key=value>', 'change one value, such as train.ways=20').argParser(collect),
  data: () =>
    new Option('--data <dir>', 'the folder of the data set (default: KSHOT_DATA, then the cache)'),
  backend: () =>
    new Option(
      '--backend <name>',
      'wasm, cpu, node, node-gpu, webgpu, or auto: node if installed, else wasm',
    ),
  executor: () => new Option('--executor <name>', EXECUTORS.join(' or ')),
  workers: () =>
    new Option('--workers <n|auto>', 'threads to spread tasks over; auto: one per core').argParser(
      threads,
    ),
  allowModule: () =>
    new Option('--allow-module', "import a third party's learner, which can run any code"),
  json: () => new Option('--json', 'print one JSON document to stdout, everything else to stderr'),
  quiet: () => new Option('--quiet', 'show no progress'),
}
