import type { Argv } from 'yargs';
import type { GlobalOptions } from '../game.js';
import type { Terminal } from '../terminal.js';

/** Has a command carried out once the whole call was read; the exit code is what its promise gives. */
export type Run = (command: () => Promise<number>) => void;

/** Adds commands to the command line. */
export type AddCommands = (parser: Argv<GlobalOptions>, terminal: Terminal, run: Run) => Argv<GlobalOptions>;

/** Of an option that was given twice, the last counts. */
export const last = (value: string | string[]) => (Array.isArray(value) ? value.at(-1)! : value);

/** What is told twice is meant once. */
export const once = (values: readonly string[]) => [...new Set(values)];

const names = { type: 'string', array: true, default: [], requiresArg: true } as const;
export const idList = { ...names, alias: 'i', describe: 'server ids' } as const;
export const typeList = { ...names, alias: 't', describe: 'server types' } as const;

export const hostList = { ...names, describe: 'hosts, as the topology names them' } as const;

/** Server ids as words of the command. */
export const idWords = {
  type: 'string',
  array: true,
  default: [],
  coerce: once,
  describe: 'server ids; none means all',
} as const;

/** Of commands that only ask a master: also from a machine that has neither the game nor its secret. */
export const masterFlags = {
  master: {
    type: 'string',
    requiresArg: true,
    coerce: last,
    conflicts: 'env',
    describe:
      'address of an admin to ask, such as https://admin.example.com, with the key in POMELO_TS_TOKEN',
  },
  'token-file': {
    type: 'string',
    requiresArg: true,
    coerce: last,
    implies: 'master',
    describe: 'file that holds the key for --master',
  },
} as const;

/** A command without options of its own. */
export const plain = (command: Argv<GlobalOptions>) => command;

/** Whether code is not tried before servers are stopped for it. */
const noTrialFlag = {
  type: 'boolean',
  default: false,
  describe: 'do not first try the code in a process of its own, before a server is stopped for it',
} as const;

/** How a restart goes on. */
export const restartFlags = {
  'no-trial': noTrialFlag,
  watch: {
    type: 'string',
    requiresArg: true,
    coerce: last,
    describe:
      'how long the first server of a type must stay ready before others follow; 0 for not at all [3s]',
  },
  'at-once': {
    type: 'string',
    requiresArg: true,
    coerce: last,
    conflicts: 'all-at-once',
    describe: 'how many of the others of a type are restarted at a time [a quarter of the type]',
  },
  'all-at-once': {
    type: 'boolean',
    describe: 'restart all others of a type at a time',
  },
} as const;
