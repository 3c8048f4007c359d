import { printedJson } from '@kshot/results'
import { Command, Option } from 'commander'
import { backends } from '../backends/backends'
import { doctorText } from '../doctor/print'
import { doctorReport } from '../doctor/report'
import { coloursOf } from '../terminal/text'
import { seconds as positiveSeconds, shared } from './options'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly speed: boolean
  readonly seconds: number
  readonly backend?: string
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine can run, how fast, and what is missing')
    .addOption(new Option('--no-speed', 'skip the speed measurement'))
    .addOption(new Option('--backend <name>', 'check only this one').choices(Object.keys(backends)))
    .addOption(shared.data())
    .addOption(shared.json())
    .addOption(
      new Option('--seconds <n>', 'time to measure each backend')
        .argParser(positiveSeconds)
        .default(1),
    )
    .action(action)
}

async function action(options: Options): Promise<void> {
  const { data, json, speed, seconds, backend } = options
  const each = speed ? seconds : 0
  const { stdout, stderr } = process
  const shows = stderr.isTTY && !json
  const on = (what: string) => shows && stderr.write(`\r\u001b[2K${what}`)
  const report = await doctorReport({ data, backend, seconds: each, on })
  on('')
  const text = () => doctorText(report, coloursOf(stdout), stdout.isTTY ? stdout.columns : 100)
  stdout.write(json ? printedJson(report) : text())
}
