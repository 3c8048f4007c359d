// A process that claims a path when it is told to, says whether it has it, and gives it back.
import { isKshotError } from '@kshot/core'
import { claim } from '../src/files/lock'

let release: (() => Promise<void>) | undefined

process.on('message', async ({ path, back }: { path?: string; back?: boolean }) => {
  if (back) {
    await release?.()
    release = undefined
    process.send!('back')
    return
  }
  try {
    release = await claim(path!)
    process.send!('in')
  } catch (error) {
    process.send!(isKshotError(error) ? error.code : `untyped: ${error}`)
  }
})
process.on('disconnect', () => process.exit())
process.send!('ready')
