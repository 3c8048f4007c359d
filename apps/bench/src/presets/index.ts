import { baselinePresets } from './baseline'
import { lakePresets } from './lake'
import { mamlPresets, metaSgdPresets } from './maml'
import { mamlPlusPlusPresets } from './maml-plus-plus'
import { matchingPresets } from './matching'
import type { Presets } from './preset'
import { protonetPresets } from './protonet'
import { relationPresets } from './relation'
import { reptilePresets } from './reptile'
import { siamesePresets } from './siamese'

/** The configurations that have a name. */
export const presets: Presets = {
  ...protonetPresets,
  ...matchingPresets,
  ...siamesePresets,
  ...relationPresets,
  ...lakePresets,
  ...mamlPresets,
  ...metaSgdPresets,
  ...mamlPlusPlusPresets,
  ...reptilePresets,
  ...baselinePresets,
}
