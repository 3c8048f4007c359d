import { isKshotError } from '@kshot/core'
import { printable, printableLines } from '@kshot/results'
import { coloursOf } from './text'

/** Prints an error for people: what there was, what should have been, what to do; the stack only on demand. */
export function reportError(error: unknown, stream: NodeJS.WriteStream, debug: boolean): void {
  const { red, bold, dim } = coloursOf(stream)
  const { stack, message } = error instanceof Error ? error : new Error(String(error))
  if (isKshotError(error)) {
    const { code, got, expected, remedy } = error
    if (code === 'run/interrupted') {
      stream.write(`\n${bold('stopped')} by ${printableLines(got)}\n${printableLines(remedy)}\n`)
    } else {
      const rows = { got, expected, 'to do': remedy }
      const lines = Object.entries(rows).map(
        ([name, text]) => `  ${dim(name.padEnd(8))} ${printableLines(text)}\n`,
      )
      stream.write(`${bold(red('error'))} ${printable(code)}\n${lines.join('')}`)
    }
  } else {
    stream.write(`${bold(red('error'))} ${printableLines(message)}\n`)
    if (!debug) stream.write(`${dim('Pass --debug for the stack trace')}\n`)
  }
  if (debug) stream.write(`${printableLines(stack ?? '')}\n`)
}
