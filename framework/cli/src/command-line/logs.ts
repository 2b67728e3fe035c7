import { mostAround, recordLevels } from '@pomelo-ts/cluster/masters';
import { logs } from '../commands/logs.js';
import { type AddCommands, last, masterFlags } from './options.js';

type Level = (typeof recordLevels)[number];

/** `logs`. */
export const logsCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'logs [ids..]',
    'show what servers have logged, on whichever host they run',
    (command) =>
      command
        .positional('ids', {
          type: 'string',
          array: true,
          default: [],
          describe: 'server ids, or master; none means all, each line with its id',
        })
        .option('follow', { alias: 'f', type: 'boolean', default: false, describe: 'go on until Ctrl-C' })
        .option('grep', {
          alias: 'g',
          type: 'string',
          requiresArg: true,
          coerce: last,
          describe:
            'only lines in which this regular expression (RE2) is found, in capitals or not; of the whole log unless --lines is given',
        })
        .option('level', {
          choices: recordLevels,
          requiresArg: true,
          coerce: last as (value: Level | Level[]) => Level,
          describe: 'only records of this level and worse',
        })
        .option('context', {
          alias: 'C',
          type: 'number',
          requiresArg: true,
          describe: `so many lines before and after each of those, at most ${mostAround}`,
        })
        .option('lines', {
          alias: 'n',
          type: 'number',
          requiresArg: true,
          defaultDescription: '100',
          describe: 'how many of the last lines of each server; with --grep or --level, of those that match',
        })
        .option('raw', { type: 'boolean', default: false, describe: 'lines as they are in the log' })
        .options(masterFlags),
    (argv) => run(() => logs(argv, terminal)),
  );
};
