import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { install, pack, root } from './packed'

const app = mkdtempSync(join(tmpdir(), 'kshot-own-encoder-'))

beforeAll(() => {
  const tarballs = pack(['packages/core'], join(app, 'packed'))
  const tfjs = ['core', 'backend-cpu'].map((name) => `@tensorflow/tfjs-${name}@4.22.0`)
  install(app, [...tarballs, ...tfjs, 'onnxruntime-web@1.30.0'])
  writeFileSync(join(app, 'net.onnx'), net(4))
}, 600_000)
afterAll(() => rmSync(app, { recursive: true, force: true }))

it('the README shows how a net in onnxruntime-web becomes an encoder', { timeout: 120_000 }, () => {
  const readme = readFileSync(`${root}packages/image-encoder/README.md`, 'utf8')
  const snippet = /```js\n([^`]*onnxruntime-web[^`]*)```/.exec(readme)![1]!
  const code = `${snippet.replace('dimensions: 1280', 'dimensions: 4')}
import { createClassifier } from '@kshot/core'
import '@tensorflow/tfjs-backend-cpu'
const input = (...numbers) => new ort.Tensor('float32', numbers, [1, 4])
const rows = await encoder.encode([input(1, -2, 3, -4), input(-1, 2, -3, 4)])
const classifier = await createClassifier({ encoder })
await classifier.addExamples('odd', [input(1, 0, 3, 0), input(2, 0, 2, 0)])
await classifier.addExamples('even', [input(0, 1, 0, 3), input(0, 2, 0, 2)])
const { label } = await classifier.predict(input(3, -1, 2, -1))
console.log(JSON.stringify({ rows: await rows.array(), label }))`
  writeFileSync(join(app, 'own.mjs'), code)
  const output = execFileSync('node', ['own.mjs'], { cwd: app, encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual({
    rows: [
      [1, 0, 3, 0],
      [0, 2, 0, 4],
    ],
    label: 'odd',
  })
})

/** A net of one ReLU over `[1, d]`, as the bytes of an ONNX file (protobuf). */
function net(d: number): Uint8Array {
  const shape = message(2, [...message(1, field(1, 1)), ...message(1, field(1, d))])
  const value = (name: string) => [
    ...text(1, name),
    ...message(2, message(1, [...field(1, 1), ...shape])),
  ]
  const node = [...text(1, 'x'), ...text(2, 'y'), ...text(4, 'Relu')]
  const graph = [
    ...message(1, node),
    ...text(2, 'net'),
    ...message(11, value('x')),
    ...message(12, value('y')),
  ]
  return Uint8Array.from([...field(1, 8), ...message(7, graph), ...message(8, field(2, 13))])
}

function field(number: number, value: number): number[] {
  return [number << 3, value]
}

function message(number: number, bytes: number[]): number[] {
  return [(number << 3) | 2, bytes.length, ...bytes]
}

function text(number: number, value: string): number[] {
  return message(number, [...Buffer.from(value)])
}
