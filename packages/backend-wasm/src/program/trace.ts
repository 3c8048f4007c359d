import { mapUses, type Step, type Use } from '@kshot/core/backend'
import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernels } from '../kernels/kernel'
import type { Native } from '../kernels/native'
import type { Layout } from './layout'

/**
 * Addresses that are not known yet are offsets beyond this, so that sums with offsets stay what they are: from
 * {@link SPACE} on those in the arena, from 2 · SPACE on those of input 0, and so on.
 */
export const SPACE = 2 ** 33

/** A call of a WebAssembly function. */
export interface RawCall {
  readonly run: (...args: (number | boolean)[]) => number
  readonly args: (number | boolean)[]
}

/** The place of a value: an address, perhaps one that is not known yet. */
export interface Place {
  readonly address: number
}

/** What a kernel called, and where it put its results. */
export interface Traced {
  readonly calls: readonly RawCall[]
  readonly outputs: readonly Placed[]
}

/** A tensor whose data id is its place. */
export type Placed = TensorInfo & { readonly dataId: Place }

/** What a kernel does that can't be told in advance: it reads numbers, or is TensorFlow.js' own. */
class Untraceable extends Error {}

/** Blocks that a kernel takes from the arena. */
interface Taken extends Place {
  readonly block: ReturnType<Layout['take']>
}

/**
 * The calls of WebAssembly functions that a kernel makes for inputs at certain places.
 * @returns undefined if that can't be told without the numbers
 */
export function trace(
  step: Step,
  kernels: Kernels,
  native: Native,
  layout: Layout,
  placeOf: (use: Use) => Place,
): Traced | undefined {
  const kernel = kernels[step.kernel]
  if (!kernel || looksLikeAddress(step.attrs)) return undefined
  const calls: RawCall[] = []
  const taken = new Set<Taken>()
  const rooms: Taken[] = []

  const take = (bytes: number): Taken => {
    const block = layout.take(bytes)
    return { address: SPACE + block.from, block }
  }
  const give = (one: Taken) => {
    taken.delete(one)
    layout.free(one.block)
  }
  const refuse = (): never => {
    throw new Untraceable()
  }

  const tracing: Native = {
    ...native,
    backend: {
      incRef: refuse,
      readSync: refuse,
      write: refuse,
      disposeData: (dataId: object) => give(dataId as Taken),
    } as never,
    address: ({ dataId }) => (dataId as Place).address,
    output(shape, dtype: DataType = 'float32') {
      const own = take(util.sizeFromShape([...shape]) * util.bytesPerElement(dtype))
      taken.add(own)
      return { dataId: own, shape: [...shape], dtype }
    },
    // A kernel asks for room once a call, and may be called by another for a part of its work.
    scratch(bytes) {
      const room = take(bytes)
      rooms.push(room)
      return room.address
    },
    call: recordedCalls(native, calls),
  }
  try {
    const given = mapUses(step.inputs, (use) => ({
      dataId: placeOf(use),
      shape: use.shape,
      dtype: use.dtype,
    }))
    const result = kernel(tracing, refuse)({ inputs: given, attrs: step.attrs } as Call)
    const outputs = (Array.isArray(result) ? result : [result]) as Placed[]
    if (!outputs.every(({ dataId }) => taken.has(dataId as Taken))) return undo()
    for (const { dataId } of outputs) taken.delete(dataId as Taken)
    for (const one of [...rooms, ...taken]) give(one)
    return { calls, outputs }
  } catch (error) {
    if (error instanceof Untraceable) return undo()
    throw error
  }

  function undo(): undefined {
    for (const one of [...rooms, ...taken]) give(one)
  }
}

/** Whether a number of the attributes, such as a bound, can't be told from an address. */
function looksLikeAddress(attrs: object): boolean {
  return Object.values(attrs)
    .flat(2)
    .some((one) => typeof one === 'number' && one >= SPACE)
}

/** Gives back what a traced value took. */
export function freePlace(place: Place, layout: Layout): void {
  layout.free((place as Taken).block)
}

/** Functions that only say how much room is needed are called at once, all others later. */
function recordedCalls(native: Native, calls: RawCall[]): Native['call'] {
  return new Proxy(native.call, {
    get(target, name) {
      const run = target[name as keyof Native['call']]
      if (/(Scratch|Bytes)$/.test(String(name))) return run
      return (...args: (number | boolean)[]) => {
        calls.push({ run, args })
        return 0
      }
    },
  })
}
