export * from '../options/keywords'
export { type OptionsSchema, ROLES, type Role, rolesAt, type Schema } from '../options/schema'
export type {
  AnyCard,
  Card,
  DatasetCard,
  EncoderCard,
  LearnerCard,
  LearnerConfig,
  Paper,
  PartCard,
  PictureFormat,
  Preset,
  Presets,
  PublishedEntry,
  Standard,
} from './card'
export { cards } from './core-cards'
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
