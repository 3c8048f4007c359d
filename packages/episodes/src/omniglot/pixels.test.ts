import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { omniglot } from './omniglot'

const data = fileURLToPath(new URL('../../../../../shared/data/omniglot', import.meta.url))

describe.skipIf(!existsSync(data))('pixels (needs Omniglot: not found)', () => {
  it('of all 32,460 drawings at 28 × 28 are those of Pillow 13', async () => {
    const splits = await omniglot({ data, split: 'vinyals', rotations: 'none' })
    const classes = [splits.train, splits.validation, splits.test].flatMap((split) =>
      split.classes.map(({ id, size }, classIndex) => ({ id, size, classIndex, split })),
    )
    const [hash, pixels] = [createHash('sha256'), new Float32Array(784)]
    for (const { split, classIndex, size } of classes.sort((a, b) => (a.id < b.id ? -1 : 1))) {
      for (let i = 0; i < size; i++) {
        split.read(classIndex, i, pixels, 0)
        hash.update(Uint8Array.from(pixels))
      }
    }
    // sha256 over 1 - Image.open(drawing).resize((28, 28)), by alphabet, character and file name
    expect(hash.digest('hex')).toBe(
      'da971463182b863c55b965302ea2d50fcbfb29a07689955ea6e3727069167a59',
    )
  })
})
