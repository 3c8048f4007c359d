export { type RelationOptions, relation } from './relation'
