import { logLevels } from '@pomelo-ts/common';
import { drain, undrain } from '../commands/drain.js';
import { list } from '../commands/list.js';
import { logLevel } from '../commands/log-level.js';
import { reload } from '../commands/reload.js';
import { pacingIn } from '../commands/restart/pacing.js';
import { restart } from '../commands/restart.js';
import { stop } from '../commands/stop.js';
import { type AddCommands, hostList, idWords, last, masterFlags, restartFlags, typeList } from './options.js';

const listCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'list',
    'show the servers of a running cluster',
    (command) =>
      command
        .option('json', { type: 'boolean', default: false, describe: 'print JSON' })
        .option('with-master', {
          type: 'boolean',
          default: false,
          implies: 'json',
          describe: 'with --json: the master too',
        })
        .options(masterFlags)
        .option('watch', {
          alias: 'w',
          type: 'string',
          coerce: last,
          describe: 'go on until Ctrl-C, with a new table each second or so often, such as --watch 5s',
        }),
    (argv) => run(() => list({ ...argv, withMaster: argv['with-master'] }, terminal)),
  );
};

/** What ends servers, or starts them anew. */
const stopCommands: AddCommands = (parser, terminal, run) => {
  return parser
    .command(
      'stop [ids..]',
      'stop servers, or without a choice all of them and the master',
      (command) =>
        command
          .positional('ids', idWords)
          .option('type', typeList)
          .option('host', hostList)
          .options(masterFlags),
      (argv) => run(() => stop({ ...argv, ids: argv.ids, types: argv.type, hosts: argv.host }, terminal)),
    )
    .command(
      'kill [ids..]',
      'end servers at once, or without ids all processes, also those of a master that is gone',
      (command) => command.positional('ids', idWords).options(masterFlags),
      (argv) =>
        run(async () => {
          const { kill } = await import('../commands/kill.js');
          return kill({ ...argv, ids: argv.ids }, terminal);
        }),
    )
    .command(
      'restart [ids..]',
      'restart servers, one of each type first; the master stays',
      (command) =>
        command
          .positional('ids', idWords)
          .option('type', typeList)
          .option('host', hostList)
          .options(restartFlags)
          .options(masterFlags),
      (argv) => {
        const selection = { ids: argv.ids, types: argv.type, hosts: argv.host };
        const how = { ...pacingIn(argv), trial: !argv['no-trial'] };
        return run(() => restart({ ...argv, ...selection, ...how }, terminal));
      },
    );
};

const reloadCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'reload [ids..]',
    'take new code of handlers, remotes, filters and crons into use; connections stay',
    (command) =>
      command
        .positional('ids', idWords)
        .option('type', typeList)
        .option('watch', {
          type: 'string',
          default: '10s',
          requiresArg: true,
          coerce: last,
          describe: 'how long the first server of a type is watched for errors; 0 for not at all',
        })
        .option('force', {
          type: 'boolean',
          default: false,
          describe: 'also when the new code breaks the contract with clients',
        })
        .options(masterFlags)
        .option('json', { type: 'boolean', default: false, describe: 'print JSON' }),
    (argv) => run(() => reload({ ...argv, ids: argv.ids, types: argv.type }, terminal)),
  );
};

/** What decides whether servers are sent new work. */
const drainCommands: AddCommands = (parser, terminal, run) => {
  return parser
    .command(
      'drain [ids..]',
      'have servers keep what they have and be sent nothing new, until undrain, stop or restart',
      (command) =>
        command
          .positional('ids', idWords)
          .option('type', typeList)
          .option('host', hostList)
          .options(masterFlags)
          .option('force', {
            type: 'boolean',
            default: false,
            describe: 'also when no other server of their type takes new work',
          }),
      (argv) => run(() => drain({ ...argv, ids: argv.ids, types: argv.type, hosts: argv.host }, terminal)),
    )
    .command(
      'undrain [ids..]',
      'have servers that drain take new work again',
      (command) =>
        command
          .positional('ids', idWords)
          .option('type', typeList)
          .option('host', hostList)
          .options(masterFlags),
      (argv) => run(() => undrain({ ...argv, ids: argv.ids, types: argv.type, hosts: argv.host }, terminal)),
    );
};

const logLevelCommands: AddCommands = (parser, terminal, run) =>
  parser.command(
    'loglevel <level> [ids..]',
    'have servers log more or less for a while',
    (command) =>
      command
        .positional('level', {
          type: 'string',
          demandOption: true,
          choices: [...logLevels, 'settings'] as const,
          describe: 'settings is what settings.json says',
        })
        .positional('ids', idWords)
        .option('type', typeList)
        .option('host', hostList)
        .option('for', {
          type: 'string',
          default: '1h',
          requiresArg: true,
          coerce: last,
          describe: 'how long, 24h at most',
        })
        .options(masterFlags),
    (argv) => run(() => logLevel({ ...argv, ids: argv.ids, types: argv.type, hosts: argv.host }, terminal)),
  );

/** What operators do with a running cluster. */
export const operatorCommands: AddCommands = (parser, terminal, run) =>
  [listCommands, stopCommands, reloadCommands, drainCommands, logLevelCommands].reduce(
    (all, add) => add(all, terminal, run),
    parser,
  );
