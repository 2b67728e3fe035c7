import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { configCheck, configPrint } from './commands/config.js';
import { gen } from './commands/gen.js';
import { kill } from './commands/kill.js';
import { list } from './commands/list.js';
import { restart } from './commands/restart.js';
import { start } from './commands/start.js';
import { stop } from './commands/stop.js';
import { exitCodeOf, exitCodes, printFailure } from './failure.js';
import type { GlobalOptions } from './game.js';
import type { Terminal } from './terminal.js';
import { wrongCall } from './wrong-call.js';

/** Carries out one command; the result is the exit code. */
type Run = (command: () => Promise<number>) => Promise<void>;

/** Of an option that was given twice, the last counts. */
const last = (value: string | string[]) => (Array.isArray(value) ? value.at(-1)! : value);

/** The parser of the command line. */
export function commandLine(args: readonly string[], terminal: Terminal, run: Run): Argv<GlobalOptions> {
  const parser = yargs([...args])
    .scriptName('pomelo-ts')
    .usage('$0 <command>')
    .option('env', {
      alias: 'e',
      type: 'string',
      defaultDescription: 'development',
      requiresArg: true,
      coerce: last,
      describe: 'environment',
    })
    .option('directory', {
      alias: 'd',
      type: 'string',
      default: '.',
      requiresArg: true,
      coerce: last,
      describe: 'folder of the game',
    })
    .option('verbose', { type: 'boolean', default: false, describe: 'print stacks of errors' });
  const operating = withOperator(withStart(parser, terminal, run), terminal, run);
  return withGen(withConfig(operating, terminal, run), terminal, run)
    .demandCommand(1, 'Expected a command.')
    .strict()
    .alias('h', 'help')
    .version(ownVersion())
    .alias('V', 'version')
    .wrap(100)
    .exitProcess(false);
}

const names = { type: 'string', array: true, default: [], requiresArg: true } as const;
const idList = { ...names, alias: 'i', describe: 'server ids' } as const;
const typeList = { ...names, alias: 't', describe: 'server types' } as const;

/** Of this package: yargs by itself would take the game's. */
const ownVersion = () =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;

/** A command without options of its own. */
const plain = (command: Argv<GlobalOptions>) => command;

function withStart(parser: Argv<GlobalOptions>, terminal: Terminal, run: Run) {
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
      run(() =>
        start({ ...argv, types: argv.type, ids: argv.id, bootScript: argv['boot-script'] }, terminal),
      ),
  );
}

function withOperator(parser: Argv<GlobalOptions>, terminal: Terminal, run: Run) {
  const ids = { type: 'string', array: true, default: [], describe: 'server ids; none means all' } as const;
  return parser
    .command(
      'list',
      'show the servers of a running cluster',
      (command) =>
        command.option('json', { type: 'boolean', default: false, describe: 'print JSON' }).option('master', {
          type: 'boolean',
          default: false,
          implies: 'json',
          describe: 'with --json: the master too',
        }),
      (argv) => run(() => list(argv, terminal)),
    )
    .command(
      'stop [ids..]',
      'stop servers, or without ids all of them and the master',
      (command) => command.positional('ids', ids),
      (argv) => run(() => stop({ ...argv, ids: argv.ids }, terminal)),
    )
    .command('kill', 'end all processes at once', plain, (argv) => run(() => kill(argv, terminal)))
    .command(
      'restart [ids..]',
      'stop and start servers; the master stays',
      (command) => command.positional('ids', ids).option('type', typeList),
      (argv) => run(() => restart({ ...argv, ids: argv.ids, types: argv.type }, terminal)),
    );
}

function withConfig(parser: Argv<GlobalOptions>, terminal: Terminal, run: Run) {
  return parser.command('config', 'check or print the configuration', (command) =>
    command
      .command('check', 'tell everything that is wrong', plain, (argv) =>
        run(() => configCheck(argv, terminal)),
      )
      .command(
        'print',
        'print all values',
        (print) =>
          print.option('explain', { type: 'boolean', default: false, describe: 'tell where each came from' }),
        (argv) => run(() => configPrint(argv, terminal)),
      )
      .demandCommand(1, 'Expected check or print.'),
  );
}

function withGen(parser: Argv<GlobalOptions>, terminal: Terminal, run: Run) {
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
}

/** Runs the command line and gives its exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const verbose = args.includes('--verbose') || process.env['DEBUG'] !== undefined;
  let code: number = exitCodes.fine;
  const run: Run = async (command) => {
    try {
      code = await command();
    } catch (error) {
      printFailure(error, terminal, verbose);
      code = exitCodeOf(error);
    }
  };
  const parser = commandLine(args, terminal, run).fail((message, error) => {
    // thrown, as otherwise yargs would go on to the command
    throw error ?? new Error(`${wrongCall(message, wordsOf(parser))}\nTry pomelo-ts --help.`);
  });
  try {
    await parser.parseAsync();
  } catch (error) {
    printFailure(error, terminal, verbose);
    return exitCodes.usage;
  }
  return code;
}

/** The words of the call that are no options. */
const wordsOf = ({ parsed }: Argv<GlobalOptions>) => (parsed ? parsed.argv._.map(String) : []);
