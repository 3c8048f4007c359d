import type { Attack } from './attack'
import { attack as backwardsClock } from './cases/backwards-clock'
import { attack as classFolders } from './cases/class-folders'
import { attack as classifiersAndWeights } from './cases/classifiers-and-weights'
import { attack as embeddingCaches } from './cases/embedding-caches'
import { attack as encoderInputs } from './cases/encoder-inputs'
import { fullDisk, tooManyFiles } from './cases/faults'
import { attack as hangingThreads } from './cases/hanging-threads'
import { attack as hostileNames } from './cases/hostile-names'
import { attack as hostileNumbers } from './cases/hostile-numbers'
import { attack as hugeOptions } from './cases/huge-options'
import { attack as killedLeaderboards } from './cases/killed-leaderboards'
import { attack as killedRuns } from './cases/killed-runs'
import { attack as lockRaces } from './cases/lock-races'
import { attack as mutatedCheckpoints } from './cases/mutated-checkpoints'
import { attack as mutatedJson } from './cases/mutated-json'
import { attack as noNetwork } from './cases/no-network'
import { attack as oddFiles } from './cases/odd-files'
import { attack as resealedCheckpoints } from './cases/resealed-checkpoints'
import { attack as specs } from './cases/specs'
import { attack as tables } from './cases/tables'
import { attack as twoProcesses } from './cases/two-processes'
import { attack as zipsAndPictures } from './cases/zips-and-pictures'

/** All attacks, in the order of the page. */
export const attacks: readonly Attack[] = [
  mutatedCheckpoints,
  resealedCheckpoints,
  classifiersAndWeights,
  specs,
  tables,
  zipsAndPictures,
  mutatedJson,
  hostileNames,
  classFolders,
  oddFiles,
  hostileNumbers,
  hugeOptions,
  encoderInputs,
  embeddingCaches,
  killedRuns,
  killedLeaderboards,
  fullDisk,
  tooManyFiles,
  lockRaces,
  twoProcesses,
  backwardsClock,
  hangingThreads,
  noNetwork,
]
