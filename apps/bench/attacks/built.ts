import { dirname, join } from 'node:path'

/** A file in `dist/attacks`, where the script lies that Node was started with. */
export const built = (file: string) => join(dirname(process.argv[1]!), file)
