import { allPrintable, printedJson, type Result } from '@kshot/results'
import { lakeTable } from './lake-table'
import { table } from './result-table'

/** A result on stdout: a table for people, or one JSON document; then the table is for stderr. */
export function print(result: Result, { json, quiet }: { json: boolean; quiet: boolean }): void {
  if (!json) {
    process.stdout.write(`\n${shown(result, process.stdout)}`)
    return
  }
  if (!quiet) process.stderr.write(`\n${shown(result, process.stderr)}`)
  process.stdout.write(printedJson(result))
}

function shown(result: Result, stream: NodeJS.WriteStream): string {
  const { lake, ...rest } = allPrintable(result)
  return lake ? lakeTable(rest, lake, stream) : table(rest, stream)
}
