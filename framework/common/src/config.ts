export {
  type ConfigFile,
  type ConfigFound,
  type ConfigProblem,
  parseJson5,
  readConfigFile,
  readJson5,
} from './config-file.js';
