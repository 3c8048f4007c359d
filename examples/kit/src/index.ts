export { type Form, formOf, runExample } from './form'
export { picture, spread } from './picture'
export { progress } from './progress'
export { against, mean, show, table } from './table'
