// What training of few-shot learners asks of the kernels.
const size = (shape) => shape.reduce((a, b) => a * b, 1)

const product = (name, batch, m, n, k, transposeA, transposeB) => ({
  name: `matMul ${name} ${batch}×${m}×${n}×${k}${transposeA ? ' Aᵀ' : ''}${transposeB ? ' Bᵀ' : ''}`,
  kernel: 'BatchMatMul',
  inputs: {
    a: [batch, ...(transposeA ? [k, m] : [m, k])],
    b: [batch, ...(transposeB ? [n, k] : [k, n])],
  },
  attrs: { transposeA, transposeB },
  flops: 2 * batch * m * n * k,
})

const transposes = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
]

const products = [
  ['', 1, 16, 16, 16],
  ['', 32, 16, 16, 16],
  ['', 1, 64, 64, 64],
  ['', 8, 64, 64, 64],
  ['', 1, 512, 512, 512],
  ['logits', 1, 75, 5, 800],
  ['distances', 1, 100, 20, 64],
].flatMap((sizes) => transposes.map((t) => product(...sizes, ...t)))

// The three products of a 3 × 3 convolution with padding 'same', plain or in groups.
function convolution(name, groups, n, side, c, o, stride) {
  const out = Math.ceil(side / stride)
  const lead = groups > 1 ? [groups] : []
  const [x, filter] = [
    [n, side, side, c],
    [3, 3, c, o],
  ]
  const y = [n, out, out, o]
  const attrs = {
    strides: stride,
    dilations: 1,
    pad: 'same',
    dataFormat: 'NHWC',
    inputShape: x,
    filterShape: filter,
  }
  const of = (kernel, inputs) => ({
    name: `${kernel} ${name} ${groups > 1 ? `${groups}×` : ''}${x.join('×')}→${o}${stride > 1 ? ' s2' : ''}`,
    kernel: `${groups > 1 ? 'Grouped' : ''}${kernel}`,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([k, shape]) => [k, [...lead, ...shape]]),
    ),
    attrs,
    flops: 2 * groups * size(y) * 9 * c,
  })
  return [
    of('Conv2D', { x, filter }),
    of('Conv2DBackpropInput', { dy: y, filter }),
    of('Conv2DBackpropFilter', { x, dy: y }),
  ]
}

const convolutions = [
  ['protonet', 1, 120, 28, 1, 64, 1],
  ['protonet', 1, 120, 28, 64, 64, 1],
  ['protonet', 1, 120, 14, 64, 64, 1],
  ['protonet', 1, 120, 7, 64, 64, 1],
  ['protonet', 1, 120, 3, 64, 64, 1],
  ['maml', 1, 5, 28, 1, 64, 2],
  ['maml', 1, 5, 14, 64, 64, 2],
  ['maml', 1, 5, 7, 64, 64, 2],
  ['maml', 1, 5, 4, 64, 64, 2],
  ['conv4', 1, 5, 14, 64, 64, 1],
  ['conv4', 1, 5, 7, 64, 64, 1],
  ['conv4', 1, 5, 3, 64, 64, 1],
  ['conv4', 1, 25, 7, 64, 64, 1],
  ['conv4', 1, 25, 3, 64, 64, 1],
  ['vmap', 8, 5, 28, 1, 64, 2],
  ['vmap', 8, 5, 14, 64, 64, 2],
  ['vmap', 8, 5, 7, 64, 64, 2],
].flatMap((sizes) => convolution(...sizes))

// What moves numbers: bytes read and written.
const moving = (kernel, inputs, attrs, out) => ({
  name: `${kernel} ${Object.values(inputs)
    .map((shape) => shape.join('×'))
    .join(' ')}${attrs.axis ? ` over ${attrs.axis}` : ''}`,
  kernel,
  inputs,
  attrs,
  bytes: 4 * [...Object.values(inputs), out].reduce((total, shape) => total + size(shape), 0),
})

const image = [120, 28, 28, 64]
const halved = [120, 14, 14, 64]
const pool = { filterSize: 2, strides: 2, pad: 'valid' }

const movers = [
  moving('Sum', { x: image }, { axis: [0, 1, 2] }, [64]),
  moving('Sum', { x: [8, 5, 784, 64] }, { axis: [1, 2] }, [8, 64]),
  moving('Sum', { x: [400, 1600] }, { axis: [1] }, [400]),
  moving('Mean', { x: [120, 1600] }, { axis: [0] }, [1600]),
  moving('Add', { a: image, b: image }, {}, image),
  moving('Multiply', { a: image, b: [64] }, {}, image),
  moving('Multiply', { a: [8, 5, 14, 14, 64], b: [8, 1, 1, 1, 64] }, {}, [8, 5, 14, 14, 64]),
  moving('Sub', { a: [100, 1, 64], b: [20, 64] }, {}, [100, 20, 64]),
  moving('Add', { a: [64], b: [64] }, {}, [64]),
  moving('Relu', { x: image }, {}, image),
  moving('Step', { x: image }, { alpha: 0 }, image),
  moving('Identity', { x: image }, {}, image),
  moving('MaxPool', { x: image }, pool, halved),
  moving('MaxPoolGrad', { dy: halved, input: image, output: halved }, pool, image),
]

export const cases = [...products, ...convolutions, ...movers]
