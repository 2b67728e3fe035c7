export {
  type ConfigFile,
  type ConfigFound,
  type ConfigProblem,
  parseJson,
  parseJson5,
  readConfigFile,
  readJson,
  readJson5,
} from './config-file.js';
