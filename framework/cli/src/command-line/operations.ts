import type { Argv } from 'yargs';
import {
  endOperation,
  operations,
  pauseOperation,
  resumeOperation,
  watchOperation,
} from '../commands/operations.js';
import type { GlobalOptions } from '../game.js';
import { type AddCommands, last, masterFlags } from './options.js';

function idOf(word: string): number {
  if (/^[1-9]\d{0,14}$/.test(word)) return Number(word);
  throw new Error(`expected the number of an operation, as pomelo-ts operations shows it; got ${word}`);
}

const withId = (command: Argv<GlobalOptions>) =>
  command.positional('id', {
    type: 'string',
    demandOption: true,
    coerce: idOf,
    describe: 'number of the operation',
  });

/** `operations`, and what is done with one of them. */
export const operationsCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'operations',
    'show long operations, or watch, pause, resume or end one',
    (command) =>
      command
        .option('json', { type: 'boolean', default: false, describe: 'print JSON' })
        .options(masterFlags)
        .command('watch <id>', 'tell how far it is until it is over', withId, (argv) =>
          run(() => watchOperation(argv, terminal)),
        )
        .command(
          'pause <id>',
          'have it wait before its next step, and end if nobody resumes it in time',
          (pause) =>
            withId(pause).option('for', {
              type: 'string',
              default: '1h',
              requiresArg: true,
              coerce: last,
              describe: 'how long, 24h at most',
            }),
          (argv) => run(() => pauseOperation(argv, terminal)),
        )
        .command('resume <id>', 'have it go on after a pause', withId, (argv) =>
          run(() => resumeOperation(argv, terminal)),
        )
        .command(
          'end <id>',
          'end it before its next step',
          (end) =>
            withId(end).option('take-back', {
              type: 'boolean',
              default: false,
              describe: 'of a reload: servers that have the new code go back to their former one',
            }),
          (argv) => run(() => endOperation({ ...argv, takeBack: argv['take-back'] }, terminal)),
        ),
    (argv) => run(() => operations(argv, terminal)),
  );
};
