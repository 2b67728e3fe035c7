import { changeBlacklist, listBlacklist } from '../commands/blacklist.js';
import { type AddCommands, last, masterFlags } from './options.js';

const networks = {
  type: 'string',
  array: true,
  demandOption: true,
  describe: 'addresses, or networks such as 192.0.2.0/24 or 2001:db8::/32',
} as const;

/** Addresses that no client may come from. */
export const blacklistCommands: AddCommands = (parser, terminal, run) =>
  parser.command(
    'blacklist',
    'show the addresses that no client may come from, or change them',
    (command) =>
      command
        .option('within', {
          type: 'string',
          requiresArg: true,
          coerce: last,
          describe: 'only what has this address or network in it',
        })
        .option('limit', {
          type: 'number',
          default: 50,
          requiresArg: true,
          describe: 'most lines, 1000 at most',
        })
        .option('json', { type: 'boolean', default: false, describe: 'print JSON' })
        .options(masterFlags)
        .command(
          'add <networks..>',
          'refuse clients from these addresses, and close those that are connected',
          (add) =>
            add
              .positional('networks', networks)
              .option('reason', {
                type: 'string',
                requiresArg: true,
                coerce: last,
                describe: 'for operators; clients are not told',
              })
              .option('for', {
                type: 'string',
                requiresArg: true,
                coerce: last,
                describe: 'how long, such as 1h or 7d, 366d at most [until it is taken off]',
              })
              .option('force', {
                type: 'boolean',
                default: false,
                describe: 'also networks that have frontends of this cluster in them, which probe each other',
              }),
          (argv) => run(() => changeBlacklist({ ...argv, act: 'add' }, terminal)),
        )
        .command(
          'remove <networks..>',
          'let clients from these addresses come again',
          (remove) => remove.positional('networks', networks),
          (argv) => run(() => changeBlacklist({ ...argv, act: 'remove' }, terminal)),
        ),
    (argv) => run(() => listBlacklist(argv, terminal)),
  );
