import { type AddCommands, plain } from './options.js';

/** `dev`. */
export const devCommands: AddCommands = (parser, terminal, run) =>
  parser.command('dev', 'run the cluster and take code into use as it is saved', plain, (argv) =>
    run(async () => {
      const { dev } = await import('../commands/dev.js');
      return dev(argv, terminal);
    }),
  );
