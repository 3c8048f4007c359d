export type { Head } from './head'
export { type MamlNormalisation, type MamlOptions, maml } from './maml'
