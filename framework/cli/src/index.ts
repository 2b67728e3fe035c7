export { cliReference } from './reference.js';
export { runProcess } from './run-process.js';
