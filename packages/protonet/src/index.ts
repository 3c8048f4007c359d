export { type Distance, type ProtonetOptions, protonet } from './protonet'
