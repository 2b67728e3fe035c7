import { type AddCommands, last } from './options.js';

/** `run`. */
export const runCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'run',
    'run one server in the foreground, for systemd, pm2 or a container',
    (command) =>
      command
        .option('server', { type: 'string', requiresArg: true, coerce: last, describe: 'its id' })
        .option('type', {
          alias: 't',
          type: 'string',
          requiresArg: true,
          coerce: last,
          describe: 'any server of this type that nobody runs; the master decides which',
        })
        .option('boot-script', { type: 'string', hidden: true })
        .check(({ server, type }) => {
          if ((server === undefined) !== (type === undefined)) return true;
          throw new Error('expected either --server or --type');
        }),
    (argv) =>
      run(async () => {
        const { run: runServer } = await import('../commands/run.js');
        return runServer({ ...argv, bootScript: argv['boot-script'] }, terminal);
      }),
  );
};
