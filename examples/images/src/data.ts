import type { Encoder } from '@kshot/core'
import { unitRoot } from '@kshot/core/head'
import { type EmojiSplit, emoji } from '@kshot/emoji'
import { type Dataset, encodedDataset, subset } from '@kshot/episodes'
import { progress } from '@kshot/examples-kit'
import type { Tensor } from '@tensorflow/tfjs-core'

export interface Pictures {
  /** 64 × 64 pixels in three colours. */
  readonly pixels: Dataset
  /** Their embeddings: roots of length 1, as `centroidHead` takes them. */
  readonly embedded: Dataset
}

/**
 * Emoji to learn from, and others to be tested on, each class drawn by four artists or more.
 * @param classes how many of the training classes; all would be encoded in some minutes
 */
export async function pictures(
  encoder: Encoder<Tensor>,
  classes: { readonly train: number; readonly test: number },
): Promise<{ readonly train: Pictures; readonly test: Pictures; readonly all: EmojiSplit }> {
  const { train, test } = await emoji()
  const some = {
    train: spread(train, classes.train),
    test: spread(test, classes.test),
  }
  const sizes = [some.train, some.test].flatMap((data) => data.classes.map(({ size }) => size))
  const bar = progress(
    'encoding pictures',
    sizes.reduce((sum, size) => sum + size, 0),
  )
  const of = async (dataset: Dataset): Promise<Pictures> => {
    let before = 0
    const embedded = await encodedDataset({
      dataset,
      encoder,
      onProgress(done) {
        bar.step(done - before)
        before = done
      },
    })
    return { pixels: dataset, embedded: rooted(embedded) }
  }
  const encoded = { train: await of(some.train), test: await of(some.test), all: test }
  bar.stop()
  return encoded
}

/** Every n-th class, so that all groups take part. */
function spread(data: EmojiSplit, count: number): Dataset {
  const step = data.classes.length / Math.min(count, data.classes.length)
  const chosen = new Set(Array.from({ length: count }, (_, i) => Math.floor(i * step)))
  return subset(data, data.spec, (_, i) => chosen.has(i))
}

function rooted(data: Dataset): Dataset {
  const [d] = data.shape
  return {
    ...data,
    read(classIndex, example, target, offset) {
      const row = new Float32Array(d!)
      data.read(classIndex, example, row, 0)
      target.set(unitRoot(row), offset)
    },
  }
}
