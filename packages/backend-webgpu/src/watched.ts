import { KshotError } from '@kshot/core'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import type { backend_util } from '@tensorflow/tfjs-core'
import type { Device } from './adapter'

/** TensorFlow.js' backend, whose reads fail where the GPU failed before. */
export interface Watched {
  readonly tfjs: WebGPUBackend
  isLost(): boolean
}

const watchedBefore = new WeakMap<WebGPUBackend, Watched>()

/**
 * Makes a backend say what WebGPU says elsewhere, or nowhere: a kernel that the GPU refuses, or a device that is
 * gone, leaves zeros behind; here the next read throws.
 */
export function watched(tfjs: WebGPUBackend): Watched {
  const before = watchedBefore.get(tfjs)
  if (before) return before
  const device = tfjs.device as unknown as Device // what adapter.ts declares of it
  let fault: KshotError | undefined
  let lost = false
  device.addEventListener('uncapturederror', ({ error }) => {
    fault ??= failed(error)
  })
  void device.lost.then((why) => {
    lost = true
    fault = deviceLost(why)
  })
  const result = { tfjs, isLost: () => lost }
  watchedBefore.set(tfjs, result)
  wrapReads(tfjs, () => {
    const error = fault
    // a device that is lost stays so
    if (!lost) fault = undefined
    return error
  })
  return result
}

function wrapReads(tfjs: WebGPUBackend, takeFault: () => KshotError | undefined): void {
  const { read, readSync } = tfjs
  tfjs.read = async (dataId) => {
    const reading = read.call(tfjs, dataId)
    // in Node it is known once the work is handed over, in browsers once it is done
    const fault = takeFault()
    try {
      const values = await reading
      throwIfAny(fault ?? takeFault())
      return values
    } catch (error) {
      throw fault ?? takeFault() ?? error
    }
  }
  let readsAtOnce: boolean | undefined
  tfjs.readSync = (dataId) => {
    // a tensor that was never on the GPU can be read anyhow
    if (!tfjs.tensorMap.get(dataId).values) {
      throwIfAny(takeFault())
      readsAtOnce ??= canReadAtOnce(tfjs, (id) => readSync.call(tfjs, id))
      if (!readsAtOnce) throw syncRead()
    }
    return readSync.call(tfjs, dataId)
  }
}

/**
 * TensorFlow.js reads at once through a canvas. Node has none, and there are browsers whose canvas shows nothing of a
 * GPU that they play themselves: then all numbers are zero, and nobody says so. So it is tried.
 */
function canReadAtOnce(
  tfjs: WebGPUBackend,
  read: (dataId: object) => backend_util.BackendValues,
): boolean {
  if (typeof OffscreenCanvas === 'undefined') return false
  const known = [1, -2.5, 1e-3, 4e6].map(Math.fround)
  const dataId = tfjs.write(Float32Array.from(known), [known.length], 'float32')
  try {
    tfjs.uploadToGPU(dataId)
    const numbers = read(dataId) as Float32Array
    return known.every((number, i) => numbers[i] === number)
  } finally {
    tfjs.disposeData(dataId)
  }
}

function throwIfAny(error: KshotError | undefined): void {
  if (error) throw error
}

function failed(cause: Error): KshotError {
  return new KshotError('webgpu/failed', {
    got: `an operation that the GPU rejected: ${cause.message.split('\n')[0]}`,
    expected: 'operations within its limits and its memory',
    remedy: 'Use smaller batches, or the wasm backend; everything computed since is wrong',
    cause,
  })
}

function deviceLost({ reason, message }: { reason?: string; message: string }): KshotError {
  return new KshotError('webgpu/device-lost', {
    got: `a lost GPU device (${[reason, message].filter(Boolean).join(': ')})`,
    expected: 'a live device: all tensors on the lost one are gone',
    remedy: 'Activate the backend again and start from the last checkpoint',
  })
}

function syncRead(): KshotError {
  return new KshotError('webgpu/sync-read', {
    got: 'dataSync or arraySync of a tensor on the GPU',
    expected:
      'await x.data() or await x.array(): in Node, and in some browsers, WebGPU cannot read synchronously',
    remedy: 'Read asynchronously, or use another backend',
  })
}
