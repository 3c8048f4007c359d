// Not as letters: a bundle is read in another encoding by a page that does not say its own.
/** What SentencePiece writes for a space. */
export const SPACE = String.fromCharCode(0x2581)

/**
 * A text as SentencePiece's rule `nmt_nfkc` has it: Unicode's NFKC without control characters, and each
 * word after a mark `▁`, whatever space lay before it. What is not composed there, as the wide tilde,
 * is not composed here.
 * @example normalize(' ﬁve\t ① ') // '▁five▁1'
 */
export function normalize(text: string): string {
  const composed = text
    .split(APART)
    .map((part) => (part === WIDE_TILDE ? part : part.normalize('NFKC')))
    .join('')
  const words = composed
    .replace(CONTROLS, '')
    .split(SPACES)
    .filter((word) => word !== '')
  return words.map((word) => SPACE + word).join('')
}

const WIDE_TILDE = String.fromCharCode(0xff5e)
/** Each by itself: marks that stand for others are not composed with the letter before them. */
const APART = /([\u0340\u0341\u0343\u0344\uff5e])/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to go
const CONTROLS = /[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/g
const SPACES = /[ \t\n\f\r\u061c\u1680\u200b\u200c\u200e\u200f\u2028\u2029\u2581\ufeff\ufffd]+/
