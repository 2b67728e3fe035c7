export {
  contractText,
  type Generated,
  type GeneratedFile,
  generate,
  staleFiles,
  writeFiles,
} from './generate.js';
export { findLayout, type GameLayout, type ServiceFile } from './layout.js';
