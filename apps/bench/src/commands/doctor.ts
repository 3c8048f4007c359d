import { Command } from 'commander'
import { backends } from '../backends'
import { datasets } from '../data'
import { coloursOf } from '../text'
import { shared } from './options'

/** One thing that was looked for. */
interface Check {
  readonly what: string
  readonly ok: boolean
  /** Which one was found, or why it was not and what to do. */
  readonly detail: string
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine can run, and what is missing')
    .addOption(shared.data())
    .addOption(shared.json())
    .action(async ({ data, json }: { data?: string; json?: boolean }) => {
      const checks = [node(), ...(await backendChecks()), ...(await dataChecks(data))]
      process.stdout.write(json ? `${JSON.stringify({ checks }, null, 2)}\n` : lines(checks))
    })
}

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  const detail = `${process.versions.node}${ok ? '' : ': kshot needs 20.19 or newer'}`
  return { what: 'node', ok, detail }
}

function backendChecks(): Promise<Check[]> {
  const checks = Object.entries(backends).map(async ([name, make]): Promise<Check> => {
    const found = await make().available()
    const detail = found.available ? 'can run here' : `${found.reason}. ${found.remedy}`
    return { what: `backend ${name}`, ok: found.available, detail }
  })
  return Promise.all(checks)
}

async function dataChecks(data: string | undefined): Promise<Check[]> {
  const checks: Check[] = []
  for (const [name, { locate }] of Object.entries(datasets)) {
    checks.push({ what: `data ${name}`, ...(await locate(data)) })
  }
  return checks
}

function lines(checks: readonly Check[]): string {
  const { green, yellow, bold } = coloursOf(process.stdout)
  const width = Math.max(...checks.map(({ what }) => what.length))
  return checks
    .map(({ what, ok, detail }) => {
      const mark = ok ? green('yes') : yellow('no ')
      return `${mark}  ${bold(what.padEnd(width))}  ${detail}\n`
    })
    .join('')
}
