import type { AddCommands } from './options.js';

/** `migrate`. */
export const migrateCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'migrate [dir]',
    'tell what must change in an app that was written for pomelo or pinus',
    (command) =>
      command
        .positional('dir', { type: 'string', describe: 'folder of the old app (default: --directory)' })
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'print the report as JSON, and nothing else',
        })
        .example('pomelo-ts migrate ../old-game', 'exit code 0 when nothing must change any more'),
    (argv) =>
      run(async () => {
        const { migrate } = await import('../commands/migrate.js');
        return migrate(argv, terminal);
      }),
  );
};
