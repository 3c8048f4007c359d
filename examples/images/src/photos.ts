// Your own photos, a folder a class: `pnpm example images --photos DIR`.
import { cached, createClassifier } from '@kshot/core'
import { classFolders } from '@kshot/episodes/node'
import { table } from '@kshot/examples-kit'
import { imageEncoder } from '@kshot/image-encoder/node'

/** How well each photo is recognised from the others, and which ones look misplaced. */
export async function ownPhotos(folder: string): Promise<string> {
  const { classes } = await classFolders(folder)
  const classifier = await createClassifier({ encoder: cached(imageEncoder()) })
  const files = new Map<string, string>()
  for (const { id, files: paths } of classes) {
    const ids = await classifier.addExamples(id, paths)
    ids.forEach((example, i) => {
      files.set(String(example), paths[i]!)
    })
  }
  const { accuracy, suspects } = await classifier.check()
  const rows = suspects.map(({ id, label }) => [files.get(String(id)) ?? '', String(label)])
  return [
    `${classes.length} classes, ${files.size} photos: ${(100 * accuracy).toFixed(0)} % are recognised from the others`,
    ...(rows.length > 0 ? [table(['looks misplaced', 'in'], rows)] : []),
  ].join('\n')
}
