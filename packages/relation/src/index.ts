export { type RelationNormalisation, type RelationOptions, relation } from './relation'
