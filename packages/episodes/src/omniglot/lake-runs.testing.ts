import { drawing } from '../png.testing'

export type Files = { [name: string]: Uint8Array }

/** The item of a run that shows class `c`, both from 1. */
export const itemOf = (run: number, c: number) => 1 + ((c * 7 + run) % 20)

const two = (n: number) => String(n).padStart(2, '0')

/**
 * An archive of Lake's layout, drawn here: bars, wider from class to class, a little wider in the
 * test items than in training.
 */
export function drawnRuns(): Files {
  const files: Files = {}
  for (let run = 1; run <= 20; run++) {
    const lines: string[] = []
    for (let c = 1; c <= 20; c++) {
      const [item, label] = [`test/item${two(itemOf(run, c))}.png`, `training/class${two(c)}.png`]
      files[`run${two(run)}/${label}`] = drawing(5 * c)
      files[`run${two(run)}/${item}`] = drawing(5 * c + 1)
      lines.push(`run${two(run)}/${item} run${two(run)}/${label}`)
    }
    files[`run${two(run)}/class_labels.txt`] = Buffer.from(`${lines.sort().join('\n')}\n`)
  }
  return files
}
