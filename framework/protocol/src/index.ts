export { decodeBody, encodeBody } from './body-codec.js';
export { ProtocolError, type ProtocolErrorCode, type ProtocolErrorFacts, protocolErrors } from './errors.js';
export {
  type HandshakeProtos,
  type HandshakeRequest,
  type HandshakeResponse,
  type HandshakeSystem,
  handshakeCode,
  type KickBody,
  shutdownReason,
} from './handshake.js';
export {
  encodeMessage,
  encodeRoute,
  largestRouteBytes,
  type MessageType,
  MessageView,
  messageHeadBytes,
  messageType,
  readMessage,
  writeMessageHead,
} from './message.js';
export {
  encodePackage,
  largestPackageBody,
  type PackageSink,
  type PackageType,
  packageHeadBytes,
  packageType,
  splitPackages,
  writePackageHead,
} from './package.js';
export { PackageSplitter } from './package-splitter.js';
export { ProtobufCodec, type ProtobufCodecOptions } from './protobuf/codec.js';
export {
  type FieldOption,
  faultsInProtos,
  type ParsedField,
  type ParsedMessage,
  type ParsedProtos,
  type ProtoSchema,
  type ProtosFault,
  parseProtos,
} from './protobuf/schema.js';
export { RouteDictionary } from './route-dictionary.js';
export { decodeUtf8, encodeUtf8 } from './text.js';
export { largestMessageId } from './varint.js';
