import { configReload } from '../commands/config/config-reload.js';
import { pacingIn } from '../commands/restart/pacing.js';
import { type AddCommands, masterFlags, plain, restartFlags } from './options.js';

/** What reads configuration is heavy: who only asks a master does without it. */
const configFiles = () => import('../commands/config.js');

/** `config check`, `config print` and `config reload`. */
export const configCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'config',
    'check or print the configuration, or have a running cluster follow it',
    (command) =>
      command
        .command('check', 'tell everything that is wrong', plain, (argv) =>
          run(async () => (await configFiles()).configCheck(argv, terminal)),
        )
        .command(
          'print',
          'print all values',
          (print) =>
            print.option('explain', {
              type: 'boolean',
              default: false,
              describe: 'tell where each came from',
            }),
          (argv) => run(async () => (await configFiles()).configPrint(argv, terminal)),
        )
        .command(
          'reload',
          'have the master read config/ again and change what is different',
          (reload) =>
            reload
              .option('dry-run', { type: 'boolean', default: false, describe: 'only tell what is different' })
              .option('yes', { alias: 'y', type: 'boolean', default: false, describe: 'do not ask' })
              .option('restart', {
                type: 'boolean',
                default: false,
                describe: 'also restart the servers that need it',
              })
              .options(restartFlags)
              .options(masterFlags)
              .option('json', { type: 'boolean', default: false, describe: 'print JSON' }),
          (argv) =>
            run(() => {
              const how = { dryRun: argv['dry-run'], trial: !argv['no-trial'] };
              return configReload({ ...argv, ...pacingIn(argv), ...how }, terminal);
            }),
        )
        .demandCommand(1, 'Expected check, print or reload.'),
  );
};
