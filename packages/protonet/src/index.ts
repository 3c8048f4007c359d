export { type ProtonetNormalisation, type ProtonetOptions, protonet } from './protonet'
export type { Distance } from './prototypes'
