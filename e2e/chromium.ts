import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** A headless Chromium, the system's or the one in the registry package; or why there is none. */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser | string> {
  const own = ['--no-sandbox', '--disable-background-networking', '--disable-component-update']
  try {
    const system = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
    const { default: shipped } = await import('@sparticuz/chromium')
    const executablePath = system ?? (await shipped.executablePath())
    const args = [...(system ? [] : shipped.args), ...own, ...flags]
    return await chromium.launch({ executablePath, args, headless: true })
  } catch (error) {
    return (error as Error).message.split('\n')[0]!
  }
}
