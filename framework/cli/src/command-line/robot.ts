import { type AddCommands, last } from './options.js';

/** `robot`. */
export const robotCommands: AddCommands = (parser, terminal, run) => {
  const text = { type: 'string', requiresArg: true, coerce: last } as const;
  return parser.command(
    'robot <script>',
    'load a game with scripted players',
    (command) =>
      command
        .positional('script', {
          type: 'string',
          demandOption: true,
          describe: 'what players do, in TypeScript or JavaScript',
        })
        .option('users', {
          ...text,
          alias: 'u',
          describe: 'players at once (default: the script says, or 1)',
        })
        .option('ramp', { ...text, describe: 'time in which they come, such as 60s' })
        .option('duration', {
          ...text,
          describe: 'when it ends, such as 5m (default: after a round of each)',
        })
        .option('host', { ...text, describe: 'host of the gate or server, or its ws(s):// address' })
        .option('port', { ...text, describe: 'port for clients of the server that players connect to' })
        .option('gate', { ...text, describe: 'host:port of the gate that tells players their server' })
        .option('workers', {
          ...text,
          alias: 'w',
          describe: 'processes (default: one a core)',
        })
        .option('seed', { ...text, describe: 'whole number that repeats what was random in another run' })
        .option('threshold', {
          type: 'string',
          array: true,
          default: [],
          requiresArg: true,
          describe: "what must hold, such as 'p99<200ms', 'errors<1%', 'chat.chatHandler.send p95<100ms'",
        })
        .option('report', { ...text, describe: 'folder, .html or .json file to write the report to' })
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'print the report as JSON, and nothing else',
        })
        .example(
          "pomelo-ts robot players.ts -u 5000 --ramp 60s --duration 5m --threshold 'p99<200ms'",
          'the gate is that of the game in this folder',
        ),
    (argv) =>
      run(async () => {
        const { robot } = await import('../commands/robot.js');
        return robot({ ...argv, thresholds: argv.threshold }, terminal);
      }),
  );
};
