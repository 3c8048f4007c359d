import { keep } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import type { Meta } from '../learner'
import type { Json, Spec } from '../spec'
import * as tree from '../tree'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint'
import { damaged } from './damaged'
import { difference } from './json'

/** Saves what a learner has learned, as bytes that only the same learner can load. */
export function saveMeta(learner: Spec, { params, state }: Meta): Promise<Uint8Array<ArrayBuffer>> {
  const json = { kind: 'meta', learner }
  return encodeCheckpoint({ trees: { params, state }, json })
}

/**
 * Loads what {@link saveMeta} saved. The caller owns the tensors, which outlive a `tf.tidy` around the call.
 * @throws `checkpoint/other-model` naming the first option that differs; `checkpoint/damaged`; `core/no-backend`
 * @example const meta = loadMeta(bytes, protonet({ backbone: conv4() }))
 */
export function loadMeta(bytes: Uint8Array | ArrayBuffer, learner: { readonly spec: Spec }): Meta {
  const { trees, json } = decodeCheckpoint(bytes)
  try {
    const { kind, learner: saved } = (json ?? {}) as { kind?: Json; learner?: Json }
    if (kind !== 'meta') throw otherKind(kind)
    checkSameSpec(saved, learner.spec)
    const { params, state, ...others } = trees
    if (!params || !state) throw damaged('no params or no state', 'both')
    checkNumbers('params', params)
    checkNumbers('state', state)
    for (const tensor of tree.leaves({ params, state })) keep(tensor)
    tree.dispose(others)
    return { params, state }
  } catch (error) {
    tree.dispose(trees)
    throw error
  }
}

/**
 * Checks that a saved spec is the spec at hand.
 * @throws `checkpoint/other-model` naming the first option that differs
 */
export function checkSameSpec(saved: Json | undefined, wanted: Spec): void {
  // As JSON, in which an option that is undefined is no option.
  const found = difference(saved, JSON.parse(JSON.stringify(wanted)) as Json)
  if (!found) return
  const { path, left, right } = found
  const at = path === '' ? 'spec' : path
  throw new KshotError('checkpoint/other-model', {
    got: `a checkpoint of another model: its ${at} is ${text(left)}`,
    expected: `${at} ${text(right)}`,
    remedy: 'Load it with the learner that saved it, built with the same options',
  })
}

/** A net would answer with NaN or nonsense, so it must not load. The numbers have just been read, so this waits for nothing. */
function checkNumbers(name: string, values: tree.Params): void {
  for (const [path, tensor] of tree.flatten(values, name)) {
    if (name === 'params' && tensor.dtype !== 'float32') {
      throw damaged(`'${path}' of type ${tensor.dtype}`, 'parameters of float32')
    }
    const odd = tensor.dataSync<'float32'>().findIndex((value) => !Number.isFinite(value))
    if (odd >= 0) throw damaged(`number ${odd} of '${path}', which is not finite`, 'finite numbers')
  }
}

function text(value: Json | undefined): string {
  return value === undefined ? 'absent' : JSON.stringify(value)
}

function otherKind(kind: Json | undefined): KshotError {
  return new KshotError('checkpoint/other-model', {
    got: `a checkpoint of kind ${text(kind)}`,
    expected: 'one of kind "meta", as saveMeta writes it',
    remedy: 'Load it with the code that wrote it',
  })
}
