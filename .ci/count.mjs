// Prints "passed failed skipped" of a vitest JSON report; a missing report counts as one failure.
import { existsSync, readFileSync } from 'node:fs'

const file = process.argv[2]
if (!existsSync(file)) console.log('0 1 0')
else {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, 'utf8'))
  console.log(numPassedTests, numFailedTests, numPendingTests)
}
