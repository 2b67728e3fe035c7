import { configReload } from '../commands/config/config-reload.js';
import { configCheck, configPrint } from '../commands/config.js';
import { pacingIn } from '../commands/restart/pacing.js';
import { type AddCommands, plain, restartFlags } from './options.js';

/** `config check`, `config print` and `config reload`. */
export const configCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'config',
    'check or print the configuration, or have a running cluster follow it',
    (command) =>
      command
        .command('check', 'tell everything that is wrong', plain, (argv) =>
          run(() => configCheck(argv, terminal)),
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
          (argv) => run(() => configPrint(argv, terminal)),
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
              .option('json', { type: 'boolean', default: false, describe: 'print JSON' }),
          (argv) =>
            run(() => configReload({ ...argv, ...pacingIn(argv), dryRun: argv['dry-run'] }, terminal)),
        )
        .demandCommand(1, 'Expected check, print or reload.'),
  );
};
