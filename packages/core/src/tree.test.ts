import '@tensorflow/tfjs-backend-cpu'
import { add, memory, scalar, tensor1d } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import * as tree from './tree'

const sample = () => ({ b: [tensor1d([1, 2]), { z: scalar(3) }], a: scalar(4), none: {} })

describe('tree', () => {
  it('flattens in an order that does not depend on insertion', () => {
    const paths = tree.flatten(sample()).map(([path]) => path)
    expect(paths).toEqual(['a', 'b/0', 'b/1/z'])
  })

  it('gives each tensor a path of its own, where a key is empty too', () => {
    const paths = tree.flatten({ '': { a: scalar(1) }, a: scalar(2) }).map(([path]) => path)
    expect(new Set(paths).size).toBe(2)
  })

  it('maps with the path and keeps the structure, empty branches too', () => {
    const paths: string[] = []
    const mapped = tree.map((tensor, path) => {
      paths.push(path)
      return add(tensor, 1)
    }, sample())
    expect(paths).toEqual(['a', 'b/0', 'b/1/z'])
    expect(mapped.none).toEqual({})
    expect(tree.leaves(mapped).map((t) => [...t.dataSync()])).toEqual([[5], [2, 3], [4]])
  })

  it('zips trees of one structure', () => {
    const sum = tree.zip(([x, y]) => add(x!, y!), sample(), sample())
    expect(tree.leaves(sum).map((t) => [...t.dataSync()])).toEqual([[8], [2, 4], [6]])
  })

  it.each([
    [{ a: scalar(1) }, { b: scalar(1) }, "a tree with 'b'. Expected: a tensor at 'a'"],
    [[scalar(1), scalar(2)], [scalar(1)], "a tree without '1'"],
    [{ a: scalar(1) }, { a: { c: scalar(1) } }, "a tree with 'a/c'"],
  ])('names the path where two structures part', (a, b, message) => {
    expect(() => tree.zip(([x]) => x!, a, b)).toThrow(message)
  })

  it('takes a tree apart and puts it together', async () => {
    const original = sample()
    expect(await tree.equal(tree.unflatten(original, tree.leaves(original)), original)).toBe(true)
    expect(() => tree.unflatten(original, [scalar(1)])).toThrow('1 tensors')
  })

  it('counts numbers and compares bytes', async () => {
    expect(tree.count(sample())).toBe(4)
    expect(await tree.equal(sample(), sample())).toBe(true)
    expect(await tree.equal({ a: scalar(0) }, { a: scalar(-0) })).toBe(false)
    expect(await tree.equal({ a: scalar(1) }, { a: scalar(1), b: scalar(1) })).toBe(false)
  })

  it('clones and disposes without a leak', () => {
    const original = sample()
    const before = memory().numTensors
    tree.dispose(tree.clone(original))
    expect(memory().numTensors).toBe(before)
  })
})
