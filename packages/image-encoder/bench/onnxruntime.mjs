// One image through the net: ours on wasm beside onnxruntime-web's wasm, one thread each, in turns:
// `node bench/onnxruntime.mjs net.onnx path/to/onnxruntime-web [runs]`. Reads dist: build first.
// The file is the published model without its last layer, exported by PyTorch: `generator/export_onnx.py`.
// Times are of the processor, so that other work on the machine counts less; FMA=1 asks V8 of Node 20
// for relaxed SIMD.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'

if (process.env.FMA) setFlagsFromString('--experimental-wasm-relaxed-simd')
const [file, modules, runs = '20'] = process.argv.slice(2)
const SIDE = 224

/** Normal numbers would saturate no ReLU6; bytes of noise are as good as a photo for the time. */
const pixels = Float32Array.from(
  { length: SIDE * SIDE * 3 },
  (_, i) => (((i * 7919) % 256) - 127) / 128,
)

async function onnxruntime() {
  const ort = createRequire(resolve(modules, 'package.json'))('onnxruntime-web')
  ort.env.wasm.numThreads = 1
  const session = await ort.InferenceSession.create(resolve(file), { executionProviders: ['wasm'] })
  const planes = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i++)
    planes[(i % 3) * SIDE * SIDE + Math.floor(i / 3)] = pixels[i]
  const x = new ort.Tensor('float32', planes, [1, 3, SIDE, SIDE])
  return async () =>
    (await session.run({ [session.inputNames[0]]: x }))[session.outputNames[0]].data
}

async function ours(kernels) {
  const { wasm } = await import('@kshot/backend-wasm')
  const { tensor } = await import('@tensorflow/tfjs-core')
  const { imageEncoder } = await import('../dist/index.js')
  const encoder = imageEncoder()
  const backend = wasm({ kernels })
  return async () => {
    await backend.activate()
    const picture = tensor(
      pixels.map((value) => (value + 127 / 128) * (128 / 255)),
      [SIDE, SIDE, 3],
    )
    const embedding = await encoder.encode([picture])
    const values = await embedding.data()
    picture.dispose()
    embedding.dispose()
    return values
  }
}

const contestants = {
  'onnxruntime-web': await onnxruntime(),
  'kshot, stock kernels': await ours('stock'),
  kshot: await ours('fast'),
}
const spent = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
const results = {}
for (let run = 0; run < Number(runs) + 3; run++) {
  for (const [name, encode] of Object.entries(contestants)) {
    const before = process.cpuUsage()
    results[name] = await encode()
    const { user, system } = process.cpuUsage(before)
    if (run >= 3) spent[name].push((user + system) / 1000)
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
for (const [name, times] of Object.entries(spent)) {
  const ratio = median(times) / median(spent['onnxruntime-web'])
  console.log(
    `${name.padEnd(22)} ${median(times).toFixed(1)} ms, least ${Math.min(...times).toFixed(1)} ms, ${ratio.toFixed(2)} ×, cosine ${cosine(results[name], results['onnxruntime-web']).toFixed(6)}`,
  )
}

function cosine(a, b) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}
