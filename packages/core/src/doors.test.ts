import { expect, test } from 'vitest'
import * as backend from './backend'
import * as core from './index'
import * as nn from './nn'
import * as training from './training'

const doors = { '.': core, '/backend': backend, '/nn': nn, '/training': training }

test('a name stands at one door', () => {
  const seen = new Map<string, string>()
  for (const [door, names] of Object.entries(doors)) {
    for (const name of Object.keys(names)) {
      expect(seen.get(name), `${name} at ${door}`).toBeUndefined()
      seen.set(name, door)
    }
  }
})

test('whatever a spec may name stands at the first door, where specs are built from', () => {
  for (const name of ['conv4', 'frozen', 'embeddings', 'sequential', 'adam', 'chain', 'cosine']) {
    expect(core).toHaveProperty(name)
  }
})

test('apps see no kernels', () => {
  expect(Object.keys(core).filter((name) => /^[A-Z].*Grad|Grouped|BatchNorm/.test(name))).toEqual(
    [],
  )
  expect(Object.keys(backend)).toContain('BatchNormPoolGradGrad')
})
