import type { Argv } from 'yargs';
import type { GlobalOptions } from '../game.js';
import type { Terminal } from '../terminal.js';

/** Carries out one command; the exit code is what its promise gives. */
export type Run = (command: () => Promise<number>) => Promise<void>;

/** Adds commands to the command line. */
export type AddCommands = (parser: Argv<GlobalOptions>, terminal: Terminal, run: Run) => Argv<GlobalOptions>;

/** Of an option that was given twice, the last counts. */
export const last = (value: string | string[]) => (Array.isArray(value) ? value.at(-1)! : value);

const names = { type: 'string', array: true, default: [], requiresArg: true } as const;
export const idList = { ...names, alias: 'i', describe: 'server ids' } as const;
export const typeList = { ...names, alias: 't', describe: 'server types' } as const;

export const hostList = { ...names, describe: 'hosts, as the topology names them' } as const;

/** Server ids as words of the command. */
export const idWords = {
  type: 'string',
  array: true,
  default: [],
  describe: 'server ids; none means all',
} as const;

/** A command without options of its own. */
export const plain = (command: Argv<GlobalOptions>) => command;

/** Whether code is tried before servers are stopped for it. */
export const trialFlag = {
  type: 'boolean',
  default: true,
  describe: 'try the code in a process of its own before a server is stopped for it; --no-trial does not',
} as const;
