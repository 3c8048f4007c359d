import { count } from '@kshot/results'

/** A domain with room at both ends of a logarithmic axis. */
export function widened(low: number, high: number): [number, number] {
  const room = Math.max(1.15, (high / low) ** 0.12)
  return [low / room, high * room]
}

const TIME_TICKS = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 86400,
]

/** A few round numbers within a domain: 1, 2, 5 and their tens; of a clock, what people say. */
export function ticksOf([low, high]: readonly [number, number], seconds: boolean): number[] {
  const decades = Array.from({ length: 24 }, (_, i) => 10 ** (i - 8))
  const all = seconds ? TIME_TICKS : decades.flatMap((d) => [d, 2 * d, 5 * d])
  const room = Math.log(high / low) / 6
  const inside = apart(
    all.filter((value) => value >= low && value <= high),
    room,
  )
  if (inside.length >= 2) return inside
  const fine = decades.flatMap((d) => [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9].map((n) => n * d))
  const found = fine.filter((value) => value >= low && value <= high)
  return found.length >= 2 ? apart(found, room) : [low, high].map((v) => Number(v.toPrecision(2)))
}

/** So many of the values as have room next to each other on a logarithmic axis. */
export function apart(values: readonly number[], room: number): number[] {
  const kept: number[] = []
  for (const value of values) {
    if (kept.length === 0 || Math.log(value / kept.at(-1)!) >= room) kept.push(value)
  }
  return kept
}

/** `7,248`, `112k`, `1.2M`. */
export function compact(n: number): string {
  if (n < 10_000) return count(Math.round(n))
  return n < 1e6 ? `${Math.round(n / 1000)}k` : `${Number((n / 1e6).toPrecision(3))}M`
}
