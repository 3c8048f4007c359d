import { type ShapedModel, tree } from '@kshot/core'
import {
  activation,
  convBlock,
  dense,
  flatten,
  globalAveragePool,
  type Layer,
  model,
  series,
} from '@kshot/core/nn'
import { type ReferenceCase, type ReferenceTree, toTensor } from './format'

/** The net of a case, without its head: that is the learner's. */
export function netOf(c: ReferenceCase): ShapedModel {
  return model('referenceNet', {}, series(c.config.net === 'mlp' ? mlpOf(c) : convOf(c)))
}

function mlpOf({ config }: ReferenceCase): Layer[] {
  const [, ...widths] = config.widths as number[]
  return widths.flatMap((units, i) => {
    const last = i === widths.length - 1
    return [dense({ units }), ...(last ? [] : [activation(config.activation as 'relu')])]
  })
}

function convOf({ config, params }: ReferenceCase): Layer[] {
  const strided = config.net === 'conv-finn'
  const options = { filters: config.filters as number, eps: config.eps as number }
  const blocks = countOf(params, 'conv').map(() =>
    convBlock({ ...options, ...(strided && { stride: 2, pool: 0 }) }),
  )
  return [...blocks, strided ? globalAveragePool() : flatten()]
}

/** 1, 2, …: the numbers k for which there is a `conv{k}.w` or a `w{k}`. */
function countOf(params: ReferenceTree, layer: 'conv' | 'w'): number[] {
  const pattern = layer === 'conv' ? /^conv(\d+)\.w$/ : /^w(\d+)$/
  return Object.keys(params)
    .flatMap((name) => name.match(pattern)?.[1] ?? [])
    .map(Number)
}

/** The names that a file gives to the tensors of a net, in the order of the net's own tree. */
function namesOf({ config, params }: ReferenceCase): string[] {
  if (config.net === 'mlp') return countOf(params, 'w').flatMap((k) => [`b${k}`, `w${k}`])
  const blocks = countOf(params, 'conv').flatMap((k) =>
    ['conv?.b', 'conv?.w', 'bn?.beta', 'bn?.gamma'].map((name) => name.replace('?', `${k}`)),
  )
  return 'head.w' in params ? [...blocks, 'head.b', 'head.w'] : blocks
}

/** Values of a file in the structure of a learner's parameters. */
export function asParams<T extends tree.Params>(
  like: T,
  c: ReferenceCase,
  values: ReferenceTree,
): T {
  return tree.unflatten(
    like,
    namesOf(c).map((name) => toTensor(values[name]!)),
  )
}

/** ANIL: the names `w3` and `b3` are the parameters of the net's third dense layer. */
export function adaptsOf({ config }: ReferenceCase): string {
  const names = (config.adapted ?? []) as string[]
  return names.map((name) => `^body/${2 * Number(name.slice(1)) - 2}/`).join('|')
}
