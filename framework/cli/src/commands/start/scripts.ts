import { fileURLToPath } from 'node:url';

/** What server processes run. Resolved here, in the command line's own package, so that a game needs no path to the framework. */
export const coreBootScript = () => fileURLToPath(import.meta.resolve('@pomelo-ts/core/boot'));

/** What `start -D` leaves running. */
export const daemonScript = () => fileURLToPath(import.meta.resolve('pomelo-ts/daemon'));

/** What runs on other hosts to start servers there. */
export const hostAgentScript = () => fileURLToPath(import.meta.resolve('@pomelo-ts/master/host-agent'));
