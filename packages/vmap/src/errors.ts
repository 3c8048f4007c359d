import { KshotError } from '@kshot/core'

const fallback = 'or run the tasks one by one, with sequential()'

export function readsValues(): KshotError {
  return new KshotError('vmap/reads-values', {
    got: 'values read inside vmap (data, dataSync, array, booleanMask, whereAsync), of a tensor with one value for each task',
    expected: 'a function that computes only with tensors',
    remedy: `Compute with the tensor instead, as with tf.where and a condition, ${fallback}`,
  })
}

export function escaped(): KshotError {
  return new KshotError('vmap/escaped', {
    got: 'a tensor of one task that was kept beyond its vmap (tf.keep, variable.assign, a closure)',
    expected: 'tensors to leave the function only as its result',
    remedy: 'Return the tensor; vmap returns it with the tasks as its first axis',
  })
}

export function nested(): KshotError {
  return new KshotError('vmap/nested', {
    got: 'a vmap inside a vmap',
    expected: 'one vmap at a time',
    remedy: 'Join both into one axis of tasks, or add the inner axis to the function as a batch',
  })
}

export function insideGradient(): KshotError {
  return new KshotError('vmap/inside-gradient', {
    got: 'a vmap inside a function that is being differentiated',
    expected: 'gradients to be taken inside the mapped function',
    remedy: 'Move the gradient into the function, and sum the result over its first axis',
  })
}

export function drawsNumbers(what: string): KshotError {
  return new KshotError('vmap/random', {
    got: `${what} inside vmap, which would be the same number for all tasks`,
    expected: 'separate numbers for each task',
    remedy: `Draw them with drawTensor(ctx.rng, …) from @kshot/core, pass them in as an input, ${fallback}`,
  })
}

export function isAsync(promise: Promise<unknown>): KshotError {
  // nobody waits for it any more
  promise.catch(() => {})
  return new KshotError('vmap/async', {
    got: 'a function that returns a promise',
    expected: 'a function that returns a tree of tensors at once',
    remedy: 'Load and read before vmap, and pass tensors in',
  })
}

export function tasksDiffer(path: string, shapes: readonly (readonly number[])[]): KshotError {
  return new KshotError('vmap/tasks-differ', {
    got: `inputs with first axes of ${shapes.map(([n]) => n ?? 'none').join(', ')} (the last at '${path}')`,
    expected: 'the same number of tasks, at least 1, as the first axis of each',
    remedy: 'Stack the tasks along a new first axis',
  })
}

/** The error of TensorFlow.js for a kernel that vmap does not have, said in words of use. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const kernel = /[Kk]ernel '(\w+)'.* for backend 'tasks/.exec(error.message)?.[1]
  if (!kernel) return error
  return new KshotError('vmap/unknown-kernel', {
    got: `the kernel ${kernel}, which cannot run for all tasks at once`,
    expected: 'kernels that vmap knows and that the backend has',
    remedy: `Compose ${kernel} of other operations, ${fallback}`,
    cause: error,
  })
}
