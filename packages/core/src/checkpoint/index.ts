export { type Checkpoint, decodeCheckpoint, documentIn, encodeCheckpoint } from './checkpoint'
export { checkSameSpec, loadMeta, saveMeta } from './meta'
export {
  type DType,
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type StoredType,
} from './safetensors'
export { checkWeights, decodeWeights, type FrozenWeight } from './weights'
