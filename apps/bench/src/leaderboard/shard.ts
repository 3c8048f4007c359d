import { InvalidArgumentError } from 'commander'

/** A part of the cells: every `of`-th one, from the `index`-th on. */
export interface Shard {
  /** From 1 on. */
  readonly index: number
  readonly of: number
}

/** `2/3`. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (index && of && index <= of) return { index, of }
  throw new InvalidArgumentError('Expected a part of a number of parts, such as 1/3.')
}

/** The cells of a shard: the same on every machine, each cell in one of them. */
export function cellsOfShard<T>(cells: readonly T[], shard: Shard | undefined): readonly T[] {
  if (!shard) return cells
  return cells.filter((_, i) => i % shard.of === shard.index - 1)
}
