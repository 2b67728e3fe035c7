export { resolveAppDir } from './config/app-dir.js';
export { type LoadOptions, loadClusterConfig } from './config/load.js';
