import type { RegressionData, RegressionSplits, Scale } from './data'

/**
 * Subtracts each column's mean and divides by its deviation, both over the points of the training
 * tasks: what is tested on has no say. A mean squared error is then a share of the training targets'
 * variance. A column that never varies there becomes 0.
 */
export function standardisedRegression(splits: RegressionSplits): RegressionSplits {
  const { inputs, outputs, tasks } = splits.train
  if (tasks.length === 0) return splits
  const scale = {
    x: scaleOf(
      inputs,
      tasks.map((task) => task.x),
    ),
    y: scaleOf(
      outputs,
      tasks.map((task) => task.y),
    ),
  }
  const scaled = (data: RegressionData): RegressionData => ({
    ...data,
    tasks: data.tasks.map(({ id, x, y }) => ({
      id,
      x: applied(scale.x, x),
      y: applied(scale.y, y),
    })),
  })
  return {
    ...splits,
    train: scaled(splits.train),
    validation: scaled(splits.validation),
    test: scaled(splits.test),
    scale,
  }
}

/** Standardised targets in their own units again: `[n, outputs]`, row after row. */
export function inOwnUnits({ mean, deviation }: Scale, values: ArrayLike<number>): Float32Array {
  const width = mean.length
  return Float32Array.from(values, (v, i) => v * deviation[i % width]! + mean[i % width]!)
}

function scaleOf(width: number, parts: readonly Float32Array[]): Scale {
  const count = parts.reduce((sum, part) => sum + part.length, 0) / width
  const over = (value: (v: number, column: number) => number) => {
    const sums = new Array<number>(width).fill(0)
    for (const part of parts)
      part.forEach((v, i) => {
        sums[i % width]! += value(v, i % width)
      })
    return sums.map((sum) => sum / count)
  }
  const mean = over((v) => v)
  const deviation = over((v, column) => (v - mean[column]!) ** 2).map(Math.sqrt)
  return { mean, deviation }
}

function applied({ mean, deviation }: Scale, values: Float32Array): Float32Array {
  const width = mean.length
  return values.map((v, i) => {
    const by = deviation[i % width]!
    return by === 0 ? 0 : (v - mean[i % width]!) / by
  })
}
