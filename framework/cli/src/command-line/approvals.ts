import type { Argv } from 'yargs';
import { approve, listApprovals, refuse } from '../commands/approvals.js';
import type { GlobalOptions } from '../game.js';
import { type AddCommands, last, masterFlags } from './options.js';

const withId = (command: Argv<GlobalOptions>) =>
  command.positional('id', { type: 'string', demandOption: true, describe: 'id of the change' });

/** `approvals`, and what is decided about one. */
export const approvalsCommands: AddCommands = (parser, terminal, run) =>
  parser.command(
    'approvals',
    'show changes that wait for a second person, or approve or refuse one',
    (command) =>
      command
        .option('json', { type: 'boolean', default: false, describe: 'print JSON' })
        .options(masterFlags)
        .command('approve <id>', 'have it go on', withId, (argv) => run(() => approve(argv, terminal)))
        .command(
          'refuse <id>',
          'end it, so that it is not carried out',
          (one) =>
            withId(one).option('reason', {
              type: 'string',
              requiresArg: true,
              coerce: last,
              describe: 'what whoever asked for it is told',
            }),
          (argv) => run(() => refuse(argv, terminal)),
        ),
    (argv) => run(() => listApprovals(argv, terminal)),
  );
