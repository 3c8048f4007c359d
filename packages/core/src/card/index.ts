export type {
  AnyCard,
  Card,
  EncoderCard,
  LearnerCard,
  LearnerConfig,
  Paper,
  PartCard,
  Preset,
  Presets,
  PublishedEntry,
  Standard,
} from './card'
export { cards } from './core-cards'
export * from './keywords'
export {
  finn,
  lakeRun,
  lakeTask,
  lakeTest,
  onGlyphs,
  perSetting,
  type Setting,
  settingName,
} from './presets'
export { type OptionsSchema, ROLES, type Role, rolesAt, type Schema } from './schema'
