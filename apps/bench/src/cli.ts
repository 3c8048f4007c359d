#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { allowRelaxedSimd } from './backends/relaxed-simd'
import { classifyCommand } from './commands/classify'
import { compareCommand } from './commands/compare'
import { dataCommand } from './commands/data'
import { doctorCommand } from './commands/doctor'
import { evalCommand } from './commands/eval'
import { inspectCommand } from './commands/inspect'
import { leaderboardCommand } from './commands/leaderboard'
import { lsCommand } from './commands/ls'
import { nativeCommand } from './commands/native'
import { reportCommand } from './commands/report'
import { runCommand } from './commands/run'
import { verifyCommand } from './commands/verify'
import { EXIT, exitCodeOf } from './process/exit-codes'
import { typedError } from './process/system-error'
import { reportError } from './terminal/report-error'
import { ownVersion } from './version'

allowRelaxedSimd()

const program = new Command('kshot')
  .description('Few-shot learning and meta-learning on TensorFlow.js')
  .version(ownVersion())
  .option('--debug', 'print the stack trace of an error (or set KSHOT_DEBUG)')
  .exitOverride()
  .showHelpAfterError('(see kshot --help)')

const commands = [
  runCommand(),
  evalCommand(),
  classifyCommand(),
  leaderboardCommand(),
  compareCommand(),
  reportCommand(),
  inspectCommand(),
  lsCommand(),
  doctorCommand(),
  verifyCommand(),
  nativeCommand(),
  dataCommand(),
]
for (const command of commands) {
  program.addCommand(
    command.copyInheritedSettings(program).option('--debug', 'print the stack trace of an error'),
  )
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  process.exit(code === 'EPIPE' ? EXIT.done : EXIT.failed)
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
  } else {
    const debug = process.argv.includes('--debug') || Boolean(process.env.KSHOT_DEBUG)
    const typed = typedError(error)
    reportError(typed, process.stderr, debug)
    process.exitCode = exitCodeOf(typed)
  }
}
