import { pairedDifference, tInterval } from '@kshot/results'
import { calibrationError } from './statistics.mjs'

/** Of each head the means over draws with their intervals, in per cent, paired with the centroid. */
export function summary(rows, areas = {}) {
  const accuracies = (name) => rows[name].map(({ accuracy }) => accuracy)
  return Object.fromEntries(
    Object.entries(rows).map(([name, draws]) => [
      name,
      {
        accuracy: percent(tInterval(accuracies(name))),
        ...(name !== 'centroid' && {
          beyondCentroid: percent(pairedDifference(accuracies(name), accuracies('centroid'))),
        }),
        calibrationError: round(calibrationError(draws.flatMap(({ likeliest }) => likeliest)), 3),
        kept: percent(tInterval(draws.map(({ kept }) => kept))),
        turnedAway: percent(tInterval(draws.map(({ turnedAway }) => turnedAway))),
        ...(areas[name] && { area: percent(tInterval(areas[name])) }),
      },
    ]),
  )
}

function percent({ mean, halfWidth, p }) {
  return {
    mean: round(100 * mean, 1),
    halfWidth: round(100 * halfWidth, 1),
    ...(p !== undefined && { p: round(p, 4) }),
  }
}

export function round(value, digits) {
  return Number.isNaN(value) ? null : Number(value.toFixed(digits))
}
