import { KshotError } from '@kshot/core'
import { allPrintable, type Table } from '@kshot/results'
import { type Learning, learningChart } from './learning'
import { COLOURS, looksOf } from './palette'
import { trainingTimeChart } from './scatter'
import { FONTS, variables } from './style'

/** A picture by itself has no page to take its colours from: they follow the reader's light or dark. */
const STYLE = `<style>svg{color:#1b1f24;font-family:${FONTS};${variables(COLOURS.light)}}@media (prefers-color-scheme:dark){svg{color:#e8eaed;${variables(COLOURS.dark)}}}</style>`

/**
 * Accuracy against training time, of the first setting in which two learners were trained, as SVG.
 * @throws `usage/no-picture`
 */
export function picture(tables: readonly Table[]): string {
  for (const { lines } of allPrintable(tables)) {
    const chart = trainingTimeChart(lines, looksOf(lines.map(({ name }) => name)))
    if (chart) return `${alone(chart)}\n`
  }
  throw new KshotError('usage/no-picture', {
    got: 'results with fewer than two learners trained for the same setting',
    expected: 'accuracies and training times to draw',
    remedy: 'Add learners to the leaderboard, or use another --format',
  })
}

/**
 * The learning curve of a run, as SVG.
 * @throws `usage/no-picture`
 */
export function learningPicture(learning: Learning): string {
  const chart = learningChart(learning)
  if (chart) return `${alone(chart)}\n`
  throw new KshotError('usage/no-picture', {
    got: 'a run with fewer than two points in its log.jsonl',
    expected: 'accuracies during training, to draw a learning curve',
    remedy: 'Keep log.jsonl next to the result, train for longer, or use another --format',
  })
}

/** As a separate file. */
function alone(chart: string): string {
  const named = chart.includes('xmlns=')
    ? chart
    : chart.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
  return named.replace(/(<svg[^>]*>)/, `$1${STYLE}`)
}
