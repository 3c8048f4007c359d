import { count } from './describe'
import { type PublishedComparison, protocolSign, protocolWords } from './published-comparison'
import { SEEDS_FOR_CLAIMS } from './statistics'
import type { Gap, Line } from './tables'

/** `93.12 ± 0.41`, in per cent. */
export function accuracyText({ ranked: { overEpisodes } }: Line): string {
  return plusMinus(overEpisodes.mean, overEpisodes.halfWidth)
}

/** A fraction with its half-width, in per cent without the sign; just the number if there is no interval. */
export function plusMinus(mean: number, halfWidth: number): string {
  const number = (100 * mean).toFixed(2)
  return Number.isNaN(halfWidth) ? number : `${number} ± ${(100 * halfWidth).toFixed(2)}`
}

/** `−3.20 ± 1.10`, in percentage points. */
export function gapText({ difference: { mean, halfWidth } }: Gap): string {
  const sign = mean < 0 ? '−' : '+'
  return `${sign}${(100 * Math.abs(mean)).toFixed(2)} ± ${(100 * halfWidth).toFixed(2)}`
}

/** `p < 0.001`, `p = 0.034`. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`
}

/** `1`; `2, 88.53 to 90.10`; `2, alike`; `5, ± 0.61`. */
export function seedsText({ ranked }: Pick<Line, 'ranked'>): string {
  return [ranked.seeds, ...(ranked.overSeeds ? [spreadText(ranked)] : [])].join(', ')
}

/** The 95 % interval over the seeds. For few seeds, where a t interval is mostly t, the worst and the best. */
export function spreadText({ seeds, bySeed, overSeeds }: Line['ranked']): string {
  if (seeds >= SEEDS_FOR_CLAIMS) return `± ${(100 * overSeeds!.halfWidth).toFixed(2)}`
  const [low, high] = [Math.min(...bySeed), Math.max(...bySeed)].map((v) => (100 * v).toFixed(2))
  return low === high ? 'alike' : `${low} to ${high}`
}

/** `–` if nothing is trained, or only a checkpoint is known. */
export function trainTimeText({ costs: { trainSeconds, trainImages } }: Line): string {
  return trainSeconds === null || trainImages === 0 ? '–' : duration(trainSeconds)
}

/** `26 s`, `12 min`, `3.4 h`. */
export function duration(seconds: number): string {
  const digits = (n: number) => (n < 10 ? String(Number(n.toFixed(1))) : count(Math.round(n)))
  if (seconds < 100) return `${digits(seconds)} s`
  return seconds < 6000 ? `${digits(seconds / 60)} min` : `${digits(seconds / 3600)} h`
}

/** The same with its numbers kept beside their signs where lines break. */
export function firm(text: string): string {
  return text.replace(/(?<=[\d%p<=±]) (?=[%±<=\d])/g, '\u00a0')
}

/** `27 ms`, `0.45 ms`, `1.3 s`. */
export function msText(ms: number): string {
  if (ms >= 1000) return duration(ms / 1000)
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`
}

/** `98.80`: with as many digits as in the paper. */
export function paperNumber({ accuracy, halfWidth }: PublishedComparison): string {
  const digits = decimals(accuracy)
  const number = (100 * accuracy).toFixed(digits)
  return halfWidth === undefined ? number : `${number} ± ${(100 * halfWidth).toFixed(digits)}`
}

function decimals(fraction: number): number {
  return Math.abs(Math.round(fraction * 1000) - fraction * 1000) < 1e-9 ? 1 : 2
}

/** `98.8 = (inside the interval)`, `98.7 ± 0.4 ≠ split, queries`. */
export function paperText(paper: PublishedComparison | undefined): string {
  if (!paper) return '–'
  return `${paperNumber(paper)} ${protocolSign(paper)}${insideText(paper)}`
}

/** As {@link protocolSign}, but how many things are unknown instead of what. */
export function shortSign(paper: PublishedComparison): string {
  const { differs, unknown } = paper
  if (unknown.length < 3) return protocolSign(paper)
  const left = `? ${unknown.length} unknown`
  return differs.length > 0 ? `≠ ${protocolWords(differs)}; ${left}` : left
}

/** `differs in split; unknown: queries`, `the same (inside the interval)`. */
export function protocolText(paper: PublishedComparison): string {
  const { differs, unknown } = paper
  const words = [
    differs.length > 0 ? `differs in ${protocolWords(differs)}` : '',
    unknown.length > 0 ? `unknown: ${protocolWords(unknown)}` : '',
  ].filter(Boolean)
  return words.length > 0 ? words.join('; ') : `the same${insideText(paper)}`
}

/** Said only if the protocol is the same. */
export function insideText({ inside }: PublishedComparison): string {
  if (inside === undefined) return ''
  return inside ? ' (inside the interval)' : ' (outside the interval)'
}
