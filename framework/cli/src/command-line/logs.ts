import { logs } from '../commands/logs.js';
import { type AddCommands, last, masterFlags } from './options.js';

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
          describe: 'only lines that match this regular expression, of the whole log unless --lines is given',
        })
        .option('lines', {
          alias: 'n',
          type: 'number',
          requiresArg: true,
          defaultDescription: '100',
          describe: 'how many of the last lines of each server',
        })
        .option('raw', { type: 'boolean', default: false, describe: 'lines as they are in the log' })
        .options(masterFlags),
    (argv) => run(() => logs(argv, terminal)),
  );
};
