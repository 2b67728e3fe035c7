import { gen } from '../commands/gen.js';
import { type AddCommands, last } from './options.js';

/** `gen`. */
export const genCommands: AddCommands = (parser, terminal, run) => {
  const file = { type: 'string', requiresArg: true, coerce: last } as const;
  return parser.command(
    'gen',
    "write the types of the game's clients and remotes, and its contract",
    (command) =>
      command
        .option('check', {
          type: 'boolean',
          default: false,
          describe: 'write nothing; fail when a written file is stale',
        })
        .option('diff', {
          ...file,
          describe: 'write nothing; compare with this older contract.json, fail when clients of it may break',
        })
        .option('asyncapi', { ...file, describe: 'write an AsyncAPI 3 document to this file too' })
        .option('protos', {
          type: 'string',
          coerce: last,
          describe: 'write clientProtos.json and serverProtos.json too, to this folder (default: config)',
        })
        .check(({ diff, check, asyncapi, protos }) => {
          if (diff === undefined || (!check && asyncapi === undefined && protos === undefined)) return true;
          throw new Error('--diff only compares: not together with --check, --asyncapi or --protos');
        }),
    (argv) => run(() => gen(argv, terminal)),
  );
};
