export {
  type ConfigFile,
  type ConfigFound,
  type ConfigProblem,
  readConfigFile,
  showDuplicate,
} from './config-file.js';
export { type DuplicateKey, duplicateKeys } from './duplicate-keys.js';
export { parseJson5, readJson5 } from './json5.js';
