// An app that uses TensorFlow.js already: it has its gradients, and they are to stay what they were.
// The gradients live in modules, and Node takes the bundle of tfjs-core: the modules need their operations too.
import '@tensorflow/tfjs-core/dist/index'
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import {
  activate,
  draw,
  type Operation,
  onCpuOnly,
  operations,
  relativeError,
  scalarOf,
} from '@kshot/testkit'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import * as tree from '../tree'
import { grad } from '.'

beforeAll(() => activate('cpu'))

const numbers = (tensors: tree.Params) => tree.leaves(tensors).flatMap((x) => [...x.dataSync()])

/** The gradient as the app takes it, or what it throws. */
function stock([name, shapes, f, between]: Operation): number[] | string {
  const inputs = draw(name, shapes, between)
  const s = scalarOf(f)
  const keys = Object.keys(inputs)
  const positional = (...tensors: tf.Tensor[]) =>
    s(Object.fromEntries(tensors.map((x, i) => [keys[i], x])))
  try {
    const slopes = tf.grads(positional)(Object.values(inputs))
    return numbers(Object.fromEntries(slopes.map((slope, i) => [keys[i], slope])))
  } catch (error) {
    // TensorFlow.js stays inside of the gradient that failed, and fails at the next one
    Object.assign(tf.engine().state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 })
    return (error as Error).message
  }
}

function ours([name, shapes, f, between]: Operation): number[] {
  return numbers(grad(scalarOf(f))(draw(name, shapes, between)))
}

/** What TensorFlow.js itself cannot differentiate; there is nothing to compare. */
const LACKING =
  /not yet supported|gradient of input '\w+' has shape .* which does not match|no gradient|not found/

/**
 * Where TensorFlow.js is wrong, and finite differences agree with kshot: it leaves the mirrored
 * border out, and divides by the whole window where a part of it hangs over the edge.
 */
const WRONG = /^(mirrorPad|avgPool .* same)/

describe('first-order gradients of TensorFlow.js and of kshot in one app', () => {
  it.each([...operations, ...onCpuOnly])('%s', (...operation) => {
    const before = stock(operation as never)
    const own = ours(operation as never)
    expect(stock(operation as never)).toEqual(before)
    if (typeof before === 'string') expect(before).toMatch(LACKING)
    else if (WRONG.test(`${operation[0]}`)) expect(relativeError(own, before)).toBeGreaterThan(0.1)
    else expect(relativeError(own, before)).toBeLessThan(1e-5)
  })
})
