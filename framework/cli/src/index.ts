export { main } from './cli.js';
export { cliReference } from './reference.js';
export { processTerminal, type Terminal } from './terminal.js';
