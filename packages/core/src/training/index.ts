/** For those who write an executor, or a training loop of their own: how the tasks of a meta-batch are summed. */
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
