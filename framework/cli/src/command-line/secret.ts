import { secretReload } from '../commands/secret-reload.js';
import { type AddCommands, plain } from './options.js';

/** `secret reload`. */
export const secretCommands: AddCommands = (parser, terminal, run) => {
  return parser.command('secret', 'replace the secret of a running cluster', (command) =>
    command
      .command(
        'reload',
        'have the master of this host read .pomelo-ts/secret and previous-secret again, and tell all servers; one that has both from its environment does without the former one',
        plain,
        (argv) => run(() => secretReload(argv, terminal)),
      )
      .demandCommand(1, 'Expected reload.'),
  );
};
