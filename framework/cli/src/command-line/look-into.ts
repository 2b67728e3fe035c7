import { type AddCommands, last, masterFlags } from './options.js';

const timeout = {
  type: 'string',
  default: '5s',
  requiresArg: true,
  coerce: last,
  describe: 'how long to wait for it, 60s at most',
} as const;

/** What looks into one server or at one user. */
export const lookIntoCommands: AddCommands = (parser, terminal, run) =>
  parser
    .command(
      'profile <id>',
      'take a CPU profile or a heap snapshot of a server, on whichever host it runs',
      (command) =>
        command
          .positional('id', { type: 'string', demandOption: true, describe: 'server id' })
          .option('cpu', {
            type: 'string',
            default: '10s',
            requiresArg: true,
            coerce: last,
            describe: 'for how long to look where its time goes',
          })
          .option('heap', { type: 'boolean', default: false, describe: 'what it has in memory, instead' })
          .option('force', {
            type: 'boolean',
            default: false,
            implies: 'heap',
            describe: 'a heap snapshot also of a server with clients: all of them wait meanwhile',
          })
          .option('output', {
            alias: 'o',
            type: 'string',
            requiresArg: true,
            coerce: last,
            describe: 'file to write [<id>-<time>.cpuprofile or .heapsnapshot]',
          })
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { profile } = await import('../commands/profile.js');
          return profile(argv, terminal);
        }),
    )
    .command(
      'users <uid>',
      'show where a user is connected',
      (command) =>
        command
          .positional('uid', { type: 'string', demandOption: true, describe: 'uid of the game' })
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { findUser } = await import('../commands/kick.js');
          return findUser(argv, terminal);
        }),
    )
    .command(
      'inspect [server] [kind] [id]',
      'show rooms and whatever else the game lets operators look at: what there is, or one of them',
      (command) =>
        command
          .positional('server', { type: 'string', describe: 'server id; none means all' })
          .positional('kind', { type: 'string', describe: 'such as room' })
          .positional('id', { type: 'string', describe: 'its id: then it is shown as JSON' })
          .option('prefix', {
            type: 'string',
            default: '',
            requiresArg: true,
            coerce: last,
            describe: 'what ids begin with',
          })
          .option('limit', {
            type: 'number',
            default: 100,
            requiresArg: true,
            describe: 'most ids of a kind on a server, 1000 at most',
          })
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { inspect } = await import('../commands/inspect.js');
          return inspect(argv, terminal);
        }),
    )
    .command(
      'leases [prefix]',
      'show which server holds which lease, such as the ids of workers',
      (command) =>
        command
          .positional('prefix', { type: 'string', default: '', describe: 'what their names begin with' })
          .option('limit', { type: 'number', default: 100, requiresArg: true, describe: '1000 at most' })
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { leases } = await import('../commands/leases.js');
          return leases(argv, terminal);
        }),
    )
    .command(
      'trace <uid>',
      'show each request, answer and push of a user on all servers, as it happens',
      (command) =>
        command
          .positional('uid', { type: 'string', demandOption: true, describe: 'uid of the game' })
          .option('for', {
            type: 'string',
            default: '5m',
            requiresArg: true,
            coerce: last,
            describe: 'how long, from 1s to 1h; Ctrl-C ends it',
          })
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { trace } = await import('../commands/trace.js');
          return trace(argv, terminal);
        }),
    )
    .command(
      'kick <uid>',
      'end all sessions of a user',
      (command) =>
        command
          .positional('uid', { type: 'string', demandOption: true, describe: 'uid of the game' })
          .option('reason', {
            type: 'string',
            default: 'kick',
            requiresArg: true,
            coerce: last,
            describe: 'what the clients are told',
          })
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { kick } = await import('../commands/kick.js');
          return kick(argv, terminal);
        }),
    )
    .command(
      'rpc <method> [args..]',
      'call a method of a remote of the game, and print what it answers as JSON',
      (command) =>
        command
          .positional('method', {
            type: 'string',
            demandOption: true,
            describe: 'type.remote.method, such as chat.chatRemote.count',
          })
          .positional('args', {
            type: 'string',
            array: true,
            default: [],
            describe: 'its arguments as JSON; what is none is a text',
          })
          .option('on', {
            type: 'string',
            requiresArg: true,
            coerce: last,
            describe: 'server to call it on [one of its type that is ready, in turn]',
          })
          .option('timeout', timeout)
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { rpc } = await import('../commands/rpc.js');
          return rpc(argv, terminal);
        }),
    )
    .command(
      'eval <id> <code>',
      'carry out code in the process of a server; outside development where master.json allows it',
      (command) =>
        command
          .positional('id', { type: 'string', demandOption: true, describe: 'server id' })
          .positional('code', {
            type: 'string',
            demandOption: true,
            describe: 'an expression, or statements that return something; app is the server’s',
          })
          .option('timeout', timeout)
          .options(masterFlags),
      (argv) =>
        run(async () => {
          const { evaluate } = await import('../commands/rpc.js');
          return evaluate(argv, terminal);
        }),
    )
    .command(
      'remote <id>',
      'have a prompt in the process of a server, or have it do what a pipe says; where eval may',
      (command) =>
        command
          .positional('id', { type: 'string', demandOption: true, describe: 'server id' })
          .options(masterFlags)
          .option('timeout', timeout),
      (argv) =>
        run(async () => {
          const { remote } = await import('../commands/remote.js');
          return remote(argv, terminal);
        }),
    );
