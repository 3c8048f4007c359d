export { shapesOf, tensorsIn } from '../program/inputs'
export { type Recorded, recordedFor, unrecorded } from '../program/recorded'
/** For writing an executor or your own training loop: how the tasks of a meta-batch are summed. */
export { episodeScores, score } from './evaluate'
export {
  addInChunks,
  CHUNK,
  executor,
  groupRanges,
  meanOf,
  sumInGroups,
  taskContext,
  taskContexts,
  taskGradient,
} from './executor'
