import type { AddCommands } from './options.js';

/** `doctor`. */
export const doctorCommands: AddCommands = (parser, terminal, run) => {
  return parser.command(
    'doctor',
    'look for what keeps the cluster from running well, and tell what mends it',
    (command) => command.option('json', { type: 'boolean', default: false, describe: 'print JSON' }),
    (argv) =>
      run(async () => {
        const { doctor } = await import('../commands/doctor.js');
        return doctor(argv, terminal);
      }),
  );
};
