export { type AdditionOptions, checkAdditions, readAdditions } from './config/additions.js';
export { appDirOf, resolveAppDir } from './config/app-dir.js';
export { type ExplainedConfig, type ExplainedValue, explainConfig, explainParts } from './config/explain.js';
export { type LoadOptions, loadClusterConfig } from './config/load.js';
export { configReference, configSchemas } from './config/reference.js';
export { configWarnings } from './config/warnings.js';
