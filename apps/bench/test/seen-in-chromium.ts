import { pathToFileURL } from 'node:url'
import { launchChromium } from '../../../e2e/chromium'

interface View {
  readonly colorScheme: 'light' | 'dark'
  readonly width: number
}

/** Opens a page from its file: what it asks for and how it lies; or why there is no Chromium. */
export async function seenInChromium(file: string, { colorScheme, width }: View) {
  const browser = await launchChromium()
  if (typeof browser === 'string') return browser
  try {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    const asked = urls.filter((url) => !url.startsWith('data:')).length
    return { asked, ...(await page.evaluate(measure)) }
  } finally {
    await browser.close()
  }
}

/** In the page: how wide it is, what sticks out, how well its smallest text can be read. */
function measure() {
  const root = document.documentElement
  const shown = (selector: string) =>
    [...document.querySelectorAll(selector)].filter((e) => e.getBoundingClientRect().width > 0)
  const outside = [...shown('main *'), ...shown('header *')].filter((element) => {
    const { left, right } = element.getBoundingClientRect()
    const scrolls = element.closest('.scroll') ?? element.closest('.hidden')
    return !scrolls && (right > root.clientWidth + 1 || left < -1)
  })
  const luminance = (colour: string) => {
    const [r, g, b] = colour.match(/[\d.]+/g)!.map((value) => {
      const c = Number(value) / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [text, back] = [document.querySelector('.detail, .lead')!, document.body]
    .map((element, i) => getComputedStyle(element)[i === 0 ? 'color' : 'backgroundColor'])
    .map(luminance) as [number, number]
  return {
    width: root.scrollWidth,
    outside: outside.map((element) => `${element.tagName} ${element.textContent?.slice(0, 40)}`),
    contrast: (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05),
    charts: shown('svg.chart').length,
  }
}
