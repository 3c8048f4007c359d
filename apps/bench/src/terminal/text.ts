import pc from 'picocolors'

type Stream = NodeJS.WriteStream

/** Colours for one stream: only on a terminal, and not where NO_COLOR is set. */
export function coloursOf(stream: Stream) {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const wanted = stream.isTTY ? TERM !== 'dumb' : Boolean(FORCE_COLOR && FORCE_COLOR !== '0')
  return pc.createColors(wanted && !NO_COLOR)
}

export type Colours = ReturnType<typeof coloursOf>

/** A fraction as per cent: `93.1 %`. */
export function percent(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)} %`
}

/** `0:42`, `12:05`, `3:07:09`. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`
}

/** `7.42`, `512`: three digits are enough for a speed. */
export function speed(n: number | null): string {
  return n === null ? '–' : n >= 100 ? n.toFixed(0) : n.toPrecision(3)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with
export const shownLength = (text: string) => text.replace(/\u001b\[\d+m/g, '').length

/** Lines of words, each after so many spaces. */
export function wrapped(text: string, indent: number, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    const joined = line === '' ? word : `${line} ${word}`
    if (line !== '' && indent + shownLength(joined) > width) lines.push(word)
    else lines[lines.length - 1] = joined
  }
  return lines.map((line) => ' '.repeat(indent) + line)
}
