import {
  lastUses,
  mapUses,
  type Plan,
  type Planner,
  type Recording,
  replayed,
  type Step,
  type Use,
  type ValueId,
} from '@kshot/core/backend'
import {
  getKernel,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core'
import type { Kernels } from '../kernels/kernel'
import type { Native } from '../kernels/native'
import { arenaOf } from './arena'
import { type Layout, layout } from './layout'
import { freePlace, type Place, type Placed, type RawCall, SPACE, trace } from './trace'

/** An argument that must be set before a call: its address is that of a place plus an offset. */
interface Patch {
  readonly args: (number | boolean)[]
  readonly at: number
  readonly offset: number
}

/** A kernel of TensorFlow.js' own, which allocates its results itself; they are moved to their places. */
interface Foreign {
  readonly step: Step
  readonly outputs: readonly Place[]
}

/**
 * Runs recordings as a list of calls of WebAssembly functions over one arena: addresses are computed once, when the
 * plan is made, and no tensors are there in between. What TensorFlow.js' own kernels do is called as ever.
 */
export function planner(kernels: Kernels, native: Native): Planner {
  return (recording, backend) => {
    if (backend !== native.backend) return replayed(recording, backend)
    return planned(recording, kernels, native) ?? replayed(recording, backend)
  }
}

function planned(recording: Recording<never>, kernels: Kernels, native: Native): Plan | undefined {
  const { backend } = native
  // What is assigned to a variable lies elsewhere then.
  if ([...recording.constants.values()].some(({ variable }) => variable)) return undefined
  const slots = [...recording.inputs, ...recording.varying.map(({ use }) => use)]
  const laid = laidOut(recording, slots, kernels, native)
  if (!laid) return undefined
  const { code, places, bytes } = laid
  const arena = arenaOf(backend)
  arena.join()
  const patches = patchesOf(code)
  const slotOf = new Map(slots.map(({ value }, slot) => [value, slot]))
  /** Tensors that show a part of the arena, for the kernel that runs now. */
  const views: TensorInfo[] = []
  let base = -1

  function run(given: readonly TensorInfo[]): TensorInfo[] {
    settle()
    for (const [slot, list] of patches.inputs) {
      const address = native.address(given[slot]!)
      for (const { args, at, offset } of list) args[at] = address + offset
    }
    const infoOf = infosOf(given)
    for (const one of code) {
      if ('run' in one) one.run(...one.args)
      else callForeign(one, infoOf)
    }
    return recording.outputs.map((use) => outputOf(use, infoOf))
  }

  /** Moves to where the arena is now. */
  function settle(): void {
    const now = arena.ensure(bytes)
    if (now === base) return
    base = now
    for (const { args, at, offset } of patches.arena) args[at] = base + offset
  }

  function callForeign({ step, outputs }: Foreign, infoOf: (use: Use) => TensorInfo): void {
    try {
      const result = getKernel(step.kernel, 'wasm')!.kernelFunc({
        inputs: mapUses(step.inputs, infoOf) as NamedTensorInfoMap,
        attrs: step.attrs as NamedAttrMap,
        backend,
      })
      for (const [i, info] of (Array.isArray(result) ? result : [result]).entries()) {
        copy(native.address(info), addressOf(outputs[i]!), bytesOf(info))
        backend.disposeData(info.dataId)
      }
    } finally {
      dropViews()
    }
  }

  function infosOf(given: readonly TensorInfo[]): (use: Use) => TensorInfo {
    return (use) => {
      const { value, shape, dtype } = use
      const constant = recording.constants.get(value)
      if (constant) return { ...constant.info, shape, dtype }
      const slot = slotOf.get(value)
      if (slot !== undefined) return { dataId: given[slot]!.dataId, shape, dtype }
      return viewOf(use)
    }
  }

  function viewOf({ value, shape, dtype }: Use): TensorInfo {
    const info = backend.makeOutput(shape, dtype, addressOf(places.get(value)!))
    views.push(info)
    return info
  }

  function outputOf(use: Use, infoOf: (use: Use) => TensorInfo): TensorInfo {
    const place = places.get(use.value)
    if (!place) {
      const info = infoOf(use)
      backend.incRef(info.dataId)
      return info
    }
    const info = native.output(use.shape, use.dtype)
    copy(addressOf(place), native.address(info), bytesOf(info))
    return info
  }

  function copy(from: number, to: number, bytes: number): void {
    backend.wasm.HEAPU8.copyWithin(to, from, from + bytes)
  }

  const addressOf = ({ address }: Place) => address - SPACE + base

  /**
   * What they show is the arena's: it must not be freed with them. None outlives its kernel, since TensorFlow.js'
   * convolutions keep filters, rearranged, by the number of a tensor.
   */
  function dropViews(): void {
    for (const { dataId } of views.splice(0)) {
      backend.wasm.tfjs.disposeData(backend.dataIdMap.get(dataId).id)
      backend.dataIdMap.delete(dataId)
    }
  }

  return {
    run,
    dispose: arena.leave,
  }
}

/** The calls of a recording, and where its values lie. */
function laidOut(
  recording: Recording<never>,
  slots: readonly Use[],
  kernels: Kernels,
  native: Native,
): { code: (RawCall | Foreign)[]; places: Map<ValueId, Place>; bytes: number } | undefined {
  const memory = layout()
  const code: (RawCall | Foreign)[] = []
  const places = new Map<ValueId, Place>()
  const fixed = fixedPlaces(recording, slots, native)
  const free = freedAfter(recording)
  for (const [index, step] of recording.steps.entries()) {
    if (step.outputs.some(({ value }) => places.has(value) || fixed.has(value))) return undefined
    const placeOf = ({ value }: Use) => (places.get(value) ?? fixed.get(value))!
    const traced = trace(step, kernels, native, memory, placeOf)
    const outputs = traced?.outputs ?? step.outputs.map((use) => placed(use, memory))
    step.outputs.forEach(({ value }, i) => {
      places.set(value, outputs[i]!.dataId)
    })
    if (traced) code.push(...traced.calls)
    else code.push({ step, outputs: outputs.map(({ dataId }) => dataId) })
    for (const value of free[index]!) freePlace(places.get(value)!, memory)
  }
  return { code, places, bytes: memory.size() }
}

/** Constants lie where they are; where the inputs will be, only a call tells. */
function fixedPlaces(
  { constants }: Recording<never>,
  slots: readonly Use[],
  native: Native,
): Map<ValueId, Place> {
  const fixed = new Map<ValueId, Place>()
  for (const [value, { info }] of constants) fixed.set(value, { address: native.address(info) })
  for (const [slot, { value }] of slots.entries()) {
    fixed.set(value, { address: (slot + 2) * SPACE })
  }
  return fixed
}

function placed({ shape, dtype }: Use, memory: Layout): Placed {
  const block = memory.take(bytesOf({ shape, dtype }))
  const place = { address: SPACE + block.from, block }
  return { dataId: place, shape, dtype }
}

function freedAfter(recording: Recording<never>): ValueId[][] {
  const free: ValueId[][] = recording.steps.map(() => [])
  for (const [value, index] of lastUses(recording)) free[index]!.push(value)
  return free
}

function bytesOf({ shape, dtype }: Pick<TensorInfo, 'shape' | 'dtype'>): number {
  return util.sizeFromShape(shape) * util.bytesPerElement(dtype)
}

/** Which arguments are addresses that are not known yet. */
function patchesOf(code: readonly (RawCall | Foreign)[]) {
  const arena: Patch[] = []
  const inputs = new Map<number, Patch[]>()
  for (const one of code) {
    if (!('run' in one)) continue
    const { args } = one
    for (const [at, value] of args.entries()) {
      const space = Math.floor(Number(value) / SPACE)
      if (space < 1) continue
      const patch = { args, at, offset: Number(value) - space * SPACE }
      if (space === 1) arena.push(patch)
      else inputs.set(space - 2, [...(inputs.get(space - 2) ?? []), patch])
    }
  }
  return { arena, inputs }
}
