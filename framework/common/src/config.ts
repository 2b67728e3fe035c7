export {
  type ConfigFile,
  type ConfigFound,
  type ConfigProblem,
  readConfigFile,
  readJson5,
} from './config-file.js';
