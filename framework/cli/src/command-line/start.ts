import { type AddCommands, idList, typeList } from './options.js';

/** `start`. */
export const startCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'start',
    'start the cluster, or what is missing of it',
    (command) =>
      command
        .option('type', typeList)
        .option('id', idList)
        .option('daemon', { alias: 'D', type: 'boolean', default: false, describe: 'run in the background' })
        .option('single', { type: 'boolean', default: false, describe: 'all servers inside one process' })
        .option('boot-script', { type: 'string', hidden: true })
        .check(({ single, daemon, type, id }) => {
          if (!single || (!daemon && type.length === 0 && id.length === 0)) return true;
          throw new Error('--single runs everything in the foreground: not together with -D, -t or -i');
        }),
    (argv) =>
      run(async () => {
        const { start } = await import('../commands/start.js');
        return start({ ...argv, types: argv.type, ids: argv.id, bootScript: argv['boot-script'] }, terminal);
      }),
  );
};
