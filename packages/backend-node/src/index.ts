export type { Binding } from './binding'
export { type Libtensorflow, libtensorflow } from './libtensorflow'
export { type NativeInstalled, type NativeInstallOptions, nativeInstall } from './native/install'
export { type NodeOptions, node } from './node'
