import { damaged } from './damaged'
import { decodeSafetensors, type StoredTensor } from './safetensors'
import { checkSeal } from './seal'

/** One weight of a frozen net, widened. */
export interface FrozenWeight {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const SCALE = '.scale'

/**
 * The weights of a frozen net by name, as float32, and the texts beside them. In the file (safetensors
 * with the checksum of a checkpoint) they may be narrower: float16, or int8 with float32 scales for the
 * last axis in `NAME.scale`, w = q · scale.
 * @throws `checkpoint/damaged`
 * @example const { weights } = decodeWeights(await readPackageFile(own))
 */
export function decodeWeights(bytes: Uint8Array): {
  readonly weights: { readonly [name: string]: FrozenWeight }
  readonly metadata: { readonly [name: string]: string }
} {
  const { tensors, metadata } = decodeSafetensors(bytes)
  checkSeal(bytes)
  const stored = new Map(tensors.map((tensor) => [tensor.path, tensor]))
  const weights = tensors
    .filter(({ path }) => !path.endsWith(SCALE))
    .map((tensor) => [tensor.path, widen(tensor, stored.get(tensor.path + SCALE))] as const)
  return { weights: Object.fromEntries(weights), metadata }
}

/**
 * Checks that a net's weights are there, in their shapes and finite.
 * @throws `checkpoint/damaged` naming the first that is not
 */
export function checkWeights(
  weights: { readonly [name: string]: FrozenWeight },
  shapes: { readonly [name: string]: readonly number[] },
): void {
  const text = (name: string, shape: readonly number[]) =>
    `'${name}' of shape [${shape.join(', ')}]`
  for (const [name, shape] of Object.entries(shapes)) {
    const weight = Object.hasOwn(weights, name) ? weights[name] : undefined
    if (weight?.shape.join() !== shape.join()) {
      throw damaged(weight ? text(name, weight.shape) : `no '${name}'`, text(name, shape))
    }
    if (!weight.values.every(Number.isFinite)) {
      throw damaged(`'${name}' with numbers that are not finite`, 'finite numbers')
    }
  }
}

function widen(tensor: StoredTensor, scale: StoredTensor | undefined): FrozenWeight {
  const { shape, dtype, bytes } = tensor
  if (dtype === 'float16') return { shape, values: fromHalves(bytes) }
  if (dtype === 'float32') return { shape, values: new Float32Array(new Uint8Array(bytes).buffer) }
  if (dtype === 'int8' && scale?.dtype === 'float32' && scale.shape[0] === shape.at(-1)) {
    const scales = new Float32Array(new Uint8Array(scale.bytes).buffer)
    return { shape, values: scaled(bytes, scales) }
  }
  throw damaged(`'${tensor.path}' of type ${dtype}`, 'float32, float16, or int8 with its scales')
}

function scaled(bytes: Uint8Array, scales: Float32Array): Float32Array {
  const values = new Float32Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) {
    values[i] = ((bytes[i]! << 24) >> 24) * scales[i % scales.length]!
  }
  return values
}

/** IEEE 754 half precision to single, exactly. */
function fromHalves(bytes: Uint8Array): Float32Array {
  const halves = new Uint16Array(new Uint8Array(bytes).buffer)
  const values = new Float32Array(halves.length)
  const bits = new Uint32Array(values.buffer)
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!
    const [sign, exponent, fraction] = [half >> 15, (half >> 10) & 31, half & 1023]
    if (exponent === 0) values[i] = (sign ? -1 : 1) * fraction * 2 ** -24
    else
      bits[i] = (sign << 31) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13)
  }
  return values
}
