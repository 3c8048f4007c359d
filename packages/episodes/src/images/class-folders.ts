import { checkSpelling } from '../spelling'
import { byEnding } from './faults'
import { layoutOf, merged } from './layout'
import { ignoredNotes } from './understood-images'

/** The files of a folder of pictures by class, in the order of their names. */
export interface ClassFolders {
  readonly classes: readonly { readonly id: string; readonly files: readonly string[] }[]
  readonly notes: readonly string[]
}

/**
 * Understands a folder of pictures as `imageFolder` does, without its splits and without decoding.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/same-class-twice`
 */
export async function classFolders(dir: string): Promise<ClassFolders> {
  const { classes, notes } = merged(await layoutOf(dir))
  checkSpelling(
    classes.map(({ id }) => id),
    undefined,
  )
  return {
    classes: classes.map(({ id, pictures }) => ({ id, files: pictures.map(({ path }) => path) })),
    notes: [...notes, ...ignoredNotes(byEnding(classes.flatMap(({ others }) => others)))],
  }
}
