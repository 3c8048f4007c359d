// Prints "passed failed skipped" of vitest's JSON reports; a missing report counts as one failure.
import { existsSync, readFileSync } from 'node:fs'

let [passed, failed, skipped] = [0, 0, 0]
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) failed++
  else {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    passed += report.numPassedTests
    failed += report.numFailedTests
    skipped += report.numPendingTests
  }
}
console.log(passed, failed, skipped)
