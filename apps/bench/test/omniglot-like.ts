import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawnRuns } from '../../../packages/episodes/src/omniglot/lake-runs.testing'
import { drawing } from '../../../packages/episodes/src/png.testing'
import { makeZip } from '../../../packages/episodes/src/zip.testing'
import { home } from './kshot'

type Files = { [name: string]: Uint8Array }

/** So many characters an alphabet, each drawn twice: bars, a little wider the second time. */
const CHARACTERS = 20

function half(part: string, alphabets: readonly string[]): Files {
  const files: Files = {}
  for (const alphabet of alphabets) {
    for (let c = 1; c <= CHARACTERS; c++) {
      for (const drawer of [1, 2]) {
        const name = `character${String(c).padStart(2, '0')}/0001_0${drawer}.png`
        files[`${part}/${alphabet}/${name}`] = drawing(5 * c + drawer - 2)
      }
    }
  }
  return files
}

// Of these Vinyals' split trains on Greek and Latin, validates on Bengali and Hebrew, tests on Tengwar.
const BACKGROUND = ['Bengali', 'Greek', 'Hebrew', 'Japanese', 'Korean', 'Latin']
const EVALUATION = ['Angelic', 'Tengwar']

function folder(name: string, files: Files): string {
  const path = join(home, name)
  mkdirSync(path, { recursive: true })
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(path, file), bytes)
  return path
}

const images = {
  'images_background.zip': makeZip(half('images_background', BACKGROUND)),
  'images_evaluation.zip': makeZip(half('images_evaluation', EVALUATION)),
}

/** A small data set in Omniglot's layout. */
export const withoutRuns = folder('omniglot', images)

/** The same, with an archive of Lake's layout beside it. */
export const withRuns = folder('omniglot-runs', {
  ...images,
  'all_runs.zip': makeZip(drawnRuns()),
})
