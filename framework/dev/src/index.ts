export { AppSources } from './app-sources.js';
export { asyncApiOf, type GameInfo } from './asyncapi.js';
export { gameInfo } from './game-info.js';
export {
  contractText,
  type Generated,
  type GeneratedFile,
  generate,
  staleFiles,
  writeFiles,
} from './generate.js';
export { findLayout, type GameLayout, type ServiceFile } from './layout.js';
export { type ProtoFiles, protoFiles } from './proto-files.js';
export { type KnownProtos, type LeftAsJson, type MadeProtos, makeProtos } from './protos.js';
export { SourceCache } from './read/game-program.js';
export { type CompiledScript, compileScript } from './script-compiler.js';
export type { CompileProblem, SourceChanges } from './source-compiler.js';
export { type CheckResult, TypeChecker } from './type-checker.js';
