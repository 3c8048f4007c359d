/** For factories: schemas of options, and the check of them. */

export { checkOptions, isRegex } from './check-options'
export { phrase } from './in-words'
export * from './keywords'
export { type OptionsSchema, ROLES, type Role, rolesAt, type Schema } from './schema'
