import { account, accounts } from '../commands/account.js';
import { showAudit, verifyAuditLog } from '../commands/audit.js';
import { key, keys } from '../commands/key.js';
import { type AddCommands, last, masterFlags } from './options.js';

const name = { type: 'string', demandOption: true, describe: 'name of the account' } as const;
const role = {
  type: 'string',
  requiresArg: true,
  coerce: last,
  describe: 'viewer, operator, admin, or one of master.json',
} as const;
const json = { type: 'boolean', default: false, describe: 'print JSON' } as const;

/** Who may sign in to the admin, keys of other programs, and what was asked for. */
export const adminCommands: AddCommands = (parser, terminal, run) =>
  parser
    .command(
      'account',
      'show who may sign in to the admin, or add, change or remove somebody',
      (command) =>
        command
          .option('json', json)
          .options(masterFlags)
          .command(
            'add <name>',
            'add somebody, who sets a password by a link',
            (add) => add.positional('name', name).option('role', { ...role, default: 'viewer' }),
            (argv) => run(() => account({ ...argv, act: 'add' }, terminal)),
          )
          .command(
            'change <name>',
            'change what somebody may do, or whether they may sign in',
            (change) =>
              change
                .positional('name', name)
                .option('role', role)
                .option('disabled', {
                  type: 'string',
                  choices: ['yes', 'no'],
                  requiresArg: true,
                  coerce: last,
                  describe: 'whether they may not sign in',
                }),
            (argv) => run(() => account({ ...argv, act: 'change' }, terminal)),
          )
          .command(
            'remove <name>',
            'remove somebody',
            (remove) => remove.positional('name', name),
            (argv) => run(() => account({ ...argv, act: 'remove' }, terminal)),
          )
          .command(
            'link <name>',
            'make a new link, for who has lost the password or the second factor',
            (link) => link.positional('name', name),
            (argv) => run(() => account({ ...argv, act: 'link' }, terminal)),
          ),
      (argv) => run(() => accounts(argv, terminal)),
    )
    .command(
      'key',
      'show keys of other programs for the admin, or make or revoke one',
      (command) =>
        command
          .option('json', json)
          .options(masterFlags)
          .command(
            'create <name>',
            'make a key, and print it this once',
            (create) =>
              create
                .positional('name', { type: 'string', demandOption: true, describe: 'what it is for' })
                .option('role', { ...role, default: 'viewer' })
                .option('days', {
                  type: 'number',
                  requiresArg: true,
                  describe: 'until it runs out [never]',
                })
                .option('rate', {
                  type: 'number',
                  default: 100,
                  requiresArg: true,
                  describe: 'requests a second',
                }),
            (argv) => run(() => key({ ...argv, act: 'create' }, terminal)),
          )
          .command(
            'revoke <id>',
            'make a key worth nothing',
            (revoke) => revoke.positional('id', { type: 'string', demandOption: true, describe: 'its id' }),
            (argv) => run(() => key({ ...argv, act: 'revoke' }, terminal)),
          ),
      (argv) => run(() => keys(argv, terminal)),
    )
    .command(
      'audit',
      'show who has asked the master for what, or look whether that is as it was written',
      (command) =>
        command
          .option('json', json)
          .options(masterFlags)
          .option('name', {
            type: 'string',
            requiresArg: true,
            coerce: last,
            describe: 'what this one asked for alone',
          })
          .option('verb', {
            type: 'string',
            requiresArg: true,
            coerce: last,
            describe: 'an operation, or how it begins: servers.',
          })
          .option('limit', {
            type: 'number',
            default: 50,
            requiresArg: true,
            describe: 'most lines, 200 at most',
          })
          .command(
            'verify',
            'look whether all records are as they were written',
            (verify) => verify,
            (argv) => run(() => verifyAuditLog(argv, terminal)),
          ),
      (argv) => run(() => showAudit(argv, terminal)),
    );
