export { type ConfigFile, type ConfigFound, type ConfigProblem, readConfigFile } from './config-file.js';
