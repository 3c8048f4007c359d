// Says at the end of a process what it took: processor seconds, and MiB at its peak.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const { KSHOT_USAGE: folder } = process.env
const write = writeFileSync

if (folder && isMainThread) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    const used = [(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024]
    try {
      write(join(folder, `${process.pid}.json`), JSON.stringify(used))
    } catch {
      // Where nothing can be written, nothing is measured.
    }
  })
}
