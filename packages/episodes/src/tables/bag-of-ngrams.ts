// Hashed features after Weinberger, Dasgupta, Attenberg, Langford & Smola 2009, Feature Hashing for
// Large Scale Multitask Learning, arXiv:0902.2206.
import { checkInteger } from '../checks'

/**
 * Turns a text into numbers: counts of its words, pairs of words, and runs of 3 to 5 letters, each hashed to
 * one of `features` places with a sign; log(1 + count), scaled to a root mean square of 1. An emoji is a
 * word; without letters, digits or emoji, each sign is one. An empty text is all zeros.
 * The same in every process and language version.
 * @throws `episodes/bad-option`
 * @example bagOfNgrams('What is my balance?', 1024) // Float32Array(1024)
 */
export function bagOfNgrams(text: string, features = 1024): Float32Array {
  checkInteger('features', features, 2)
  const counts = new Map<string, number>()
  for (const gram of ngrams(text)) counts.set(gram, (counts.get(gram) ?? 0) + 1)
  const bag = new Float32Array(features)
  for (const [gram, count] of counts) {
    const hash = fnv1a(gram)
    bag[(hash >>> 1) % features]! += (hash & 1 ? 1 : -1) * Math.log1p(count)
  }
  return scaled(bag)
}

const FLAG = '\\p{RI}\\p{RI}'
const PICTOGRAPH = '(?:\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\uFE0F)\\p{EMod}?'
/** Runs of letters and digits, and emoji, those that are joined to one picture as one. */
const WORD = new RegExp(`[\\p{L}\\p{N}]+|${FLAG}|${PICTOGRAPH}(?:\\u200D${PICTOGRAPH})*`, 'gu')

function wordsIn(text: string): readonly string[] {
  const plain = text.normalize('NFKC').toLowerCase()
  return plain.match(WORD) ?? plain.match(/\S/gu) ?? []
}

function* ngrams(text: string): Generator<string> {
  const words = wordsIn(text)
  for (const [i, word] of words.entries()) {
    yield `w ${word}`
    if (i > 0) yield `w ${words[i - 1]} ${word}`
    const letters = [...` ${word} `]
    for (const n of [3, 4, 5]) {
      for (let k = 0; k + n <= letters.length; k++) yield `c ${letters.slice(k, k + n).join('')}`
    }
  }
}

/** FNV-1a over UTF-16 units, then mixed, so that its low bits are as good as its high ones. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

function scaled(bag: Float32Array): Float32Array {
  const squares = bag.reduce((sum, v) => sum + v * v, 0)
  if (squares === 0) return bag
  const scale = Math.sqrt(bag.length / squares)
  return bag.map((v) => v * scale)
}
