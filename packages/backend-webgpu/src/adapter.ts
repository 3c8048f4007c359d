/** What is used of WebGPU's own types, so that no app needs them. */
export interface Gpu {
  requestAdapter(options: { readonly powerPreference: Power }): Promise<Adapter | null>
}

/** Which GPU to use on a machine with two. */
export type Power = 'high-performance' | 'low-power'

export interface Adapter {
  readonly info: AdapterInfo
  /** Where older browsers say it. */
  readonly isFallbackAdapter?: boolean
  readonly features: { has(name: string): boolean }
  readonly limits: { readonly [name: string]: number }
  requestDevice(descriptor: object): Promise<Device>
}

/** Browsers leave fields empty that could tell users apart. */
export interface AdapterInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
  readonly isFallbackAdapter?: boolean
}

export interface Device {
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: Error }) => void,
  ): void
  destroy(): void
}

/** Whether a processor plays the GPU. */
export const isSoftware = ({ info, isFallbackAdapter }: Adapter): boolean =>
  info.isFallbackAdapter ?? isFallbackAdapter ?? false

/** As much of a name as there is, for example `SwiftShader driver 5.0.0 (google swiftshader)`. */
export function nameOf({ vendor, architecture, device, description }: AdapterInfo): string {
  const kind = [vendor, architecture].filter(Boolean).join(' ')
  const name = description || device
  if (!name) return kind || 'unknown GPU'
  return kind ? `${name} (${kind})` : name
}

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
]

const FEATURES = ['timestamp-query', 'bgra8unorm-storage']

/** A device with all of the adapter that TensorFlow.js makes use of; a device has little of it unasked. */
export function openDevice(adapter: Adapter): Promise<Device> {
  return adapter.requestDevice({
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  })
}
