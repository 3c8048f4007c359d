// The unigram language model of Kudo 2018, Subword Regularization, arXiv:1804.10959, section 3.2, as the
// SentencePiece library applies it (Kudo & Richardson 2018, arXiv:1808.06226).
import { normalize } from './normalize'

/** The most probable split of a text into pieces. */
export interface Tokenizer {
  /** Ids of pieces, in the order of the text; neighbouring characters that no piece has are one UNKNOWN. */
  encode(text: string): number[]
}

/** Stands for characters that are in no piece. */
export const UNKNOWN = 0

/** What a character costs that no piece has, below the rarest piece: SentencePiece's constant. */
const PENALTY = 10

/**
 * A tokenizer of pieces, each with its log probability. A piece that is `null` or empty matches nothing.
 *
 * The split of a text maximises Σ log p(piece); Viterbi finds it in time linear in the text's length.
 * Sums are float32, as in SentencePiece, so that ties fall alike.
 * @example tokenizer(['<unk>', '▁', 'a', '▁a'], [0, -2, -2, -1]).encode('a a') // [3, 3]
 */
export function tokenizer(
  pieces: readonly (string | null)[],
  scores: ArrayLike<number>,
): Tokenizer {
  const next = trie(pieces)
  const least = pieces.reduce((low, piece, id) => (piece ? Math.min(low, scores[id]!) : low), 0)
  const unknown = Math.fround(Math.fround(least) - PENALTY)
  return {
    encode(text) {
      const input = normalize(text)
      return merged(bestPath(input, next, scores, unknown))
    },
  }
}

/** Pieces by their letters: the id that ends at a node, and the children of each, by node and UTF-16 unit. */
interface Trie {
  readonly children: ReadonlyMap<number, number>
  /** −1 where no piece ends. */
  readonly ends: readonly number[]
}

const UNITS = 0x10000

function trie(pieces: readonly (string | null)[]): Trie {
  const children = new Map<number, number>()
  const ends = [-1]
  for (const [id, piece] of pieces.entries()) {
    if (!piece || id === UNKNOWN) continue
    let node = 0
    for (let i = 0; i < piece.length; i++) {
      const key = node * UNITS + piece.charCodeAt(i)
      const child = children.get(key) ?? ends.push(-1) - 1
      children.set(key, child)
      node = child
    }
    ends[node] = id
  }
  return { children, ends }
}

/** The ids of the best split, the last first. */
function bestPath(
  input: string,
  { children, ends }: Trie,
  scores: ArrayLike<number>,
  unknown: number,
): number[] {
  const best = new Float32Array(input.length + 1)
  const from = new Int32Array(input.length + 1).fill(-1)
  const ids = new Int32Array(input.length + 1)
  const offer = (start: number, end: number, id: number, score: number) => {
    const total = Math.fround(best[start]! + score)
    if (from[end] !== -1 && total <= best[end]!) return
    best[end] = total
    from[end] = start
    ids[end] = id
  }
  for (let start = 0, width = 1; start < input.length; start += width) {
    width = input.codePointAt(start)! >= UNITS ? 2 : 1
    let isKnown = false
    let node: number | undefined = 0
    for (let end = start; end < input.length; ) {
      node = children.get(node * UNITS + input.charCodeAt(end++))
      if (node === undefined) break
      const id = ends[node]!
      if (id < 0) continue
      offer(start, end, id, Math.fround(scores[id]!))
      isKnown ||= end === start + width
    }
    if (!isKnown) offer(start, start + width, UNKNOWN, unknown)
  }
  const path: number[] = []
  for (let end = input.length; end > 0; end = from[end]!) path.push(ids[end]!)
  return path
}

/** In the order of the text, with runs of UNKNOWN as one. */
function merged(backwards: readonly number[]): number[] {
  return backwards.filter((id, i) => id !== UNKNOWN || backwards[i + 1] !== UNKNOWN).reverse()
}
