import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A graphics card that the driver knows. */
export interface GpuDevice {
  /** For `nodeGpu({ device })`. */
  readonly index: number
  readonly name: string
  readonly memoryBytes: number
}

/** Runs a program and returns what it printed. */
export type RunProgram = (program: string, args: string[]) => Promise<string>

const run: RunProgram = async (program, args) => (await promisify(execFile)(program, args)).stdout

/**
 * The NVIDIA cards of this machine; none without a driver.
 * @example for (const { index, name } of await gpuDevices()) console.log(index, name)
 */
export async function gpuDevices(runProgram: RunProgram = run): Promise<readonly GpuDevice[]> {
  let printed: string
  try {
    const query = ['--query-gpu=index,name,memory.total', '--format=csv,noheader,nounits']
    printed = await runProgram('nvidia-smi', query)
  } catch {
    return []
  }
  return printed
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 3 && Number.isSafeInteger(Number(fields[0])))
    .map(([index, name, mebibytes]) => ({
      index: Number(index),
      name: name!,
      memoryBytes: Number(mebibytes) * 2 ** 20,
    }))
}
