export { type LearnerRows, netOfRow, rowsByLearner, withoutSeed } from './by-learner'
export { type Compared, compare, comparedJson } from './compare'
export { differencesOf } from './config-differences'
export {
  count,
  learnerName,
  netName,
  netOf,
  queriesName,
  settingName,
  stepsName,
  warmStartName,
} from './describe'
export { firstDifference, type JsonDifference } from './first-difference'
export { csv } from './formats/csv'
export { json } from './formats/json'
export { escapedTex, latex } from './formats/latex'
export { markdown } from './formats/markdown'
export { parseJson, printedJson } from './json-text'
export { largest, type NumberOrRange, rangeText, smallest } from './number-or-range'
export { allPrintable, printable, printableLines } from './printable'
export { type Protocol, type Published, parsePublished } from './published'
export {
  comparePublished,
  learnerKey,
  type PublishedComparison,
  protocolOf,
  protocolSign,
  protocolWords,
} from './published-comparison'
export type {
  AccuracyScore,
  Confusion,
  ErrorDifferences,
  ErrorScore,
  Interval,
  Labels,
  LakeReport,
  Measured,
  Result,
  Setting,
  TakenData,
  TestScore,
  WarmStart,
} from './result'
export { parseResults, parseRow, resultsText, rowText, sorted, withoutTimes } from './results-file'
export {
  type Budget,
  type Cell,
  type Costs,
  type CurvePoint,
  type DoneRow,
  type FailedRow,
  isDone,
  type Predictions,
  type Row,
  type Source,
} from './row'
export {
  type EpisodeLine,
  type LogLine,
  parseLog,
  parseResult,
  type RunFiles,
  rowOfRun,
} from './run'
export { LIMITS, resultSchema, rowSchema } from './schema'
export { mergeSources } from './sources'
export {
  type Comparison,
  type Difference,
  EPISODES_FOR_A_RANKING,
  holm,
  type LearnerScores,
  meanOverSeeds,
  pairedDifference,
  type Ranked,
  type Ranking,
  rank,
  SEEDS_FOR_CLAIMS,
  type TInterval,
  tInterval,
} from './statistics'
export {
  checkSameEpisodes,
  type Gap,
  gap,
  type Line,
  type MeanCosts,
  type Table,
  tablesOf,
} from './tables'
export { untrainedText } from './untrained'
export {
  accuracyText,
  duration,
  firm,
  gapText,
  insideText,
  msText,
  paperNumber,
  paperText,
  plusMinus,
  protocolText,
  pText,
  seedsText,
  shortSign,
  spreadText,
  trainTimeText,
} from './words'
