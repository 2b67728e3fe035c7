import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { adminCommands } from './command-line/admin.js';
import { approvalsCommands } from './command-line/approvals.js';
import { blacklistCommands } from './command-line/blacklist.js';
import { configCommands } from './command-line/config.js';
import { devCommands } from './command-line/dev.js';
import { doctorCommands } from './command-line/doctor.js';
import { genCommands } from './command-line/gen.js';
import { initCommands } from './command-line/init.js';
import { logsCommands } from './command-line/logs.js';
import { lookIntoCommands } from './command-line/look-into.js';
import { migrateCommands } from './command-line/migrate.js';
import { operationsCommands } from './command-line/operations.js';
import { operatorCommands } from './command-line/operator.js';
import { last, type Run } from './command-line/options.js';
import { robotCommands } from './command-line/robot.js';
import { runCommands } from './command-line/run.js';
import { secretCommands } from './command-line/secret.js';
import { startCommands } from './command-line/start.js';
import { topCommands } from './command-line/top.js';
import { topologyCommands } from './command-line/topology.js';
import { exitCodeOf, exitCodes, printFailure } from './failure.js';
import type { GlobalOptions } from './game.js';
import { ofOwnPackage } from './own-package.js';
import type { Terminal } from './terminal.js';
import { helpFor, wrongCall } from './wrong-call.js';

/** All commands, in the order of the help. */
const groups = [
  initCommands,
  startCommands,
  runCommands,
  devCommands,
  operatorCommands,
  topCommands,
  lookIntoCommands,
  blacklistCommands,
  operationsCommands,
  topologyCommands,
  logsCommands,
  doctorCommands,
  adminCommands,
  approvalsCommands,
  configCommands,
  secretCommands,
  genCommands,
  robotCommands,
  migrateCommands,
];

/** The parser of the command line. */
export function commandLine(args: readonly string[], terminal: Terminal, run: Run): Argv<GlobalOptions> {
  const parser = yargs([...args])
    .scriptName('pomelo-ts')
    // it would make `false` of any option, also of one that is a text
    .parserConfiguration({ 'boolean-negation': false })
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
  return groups
    .reduce((all, add) => add(all, terminal, run), parser as Argv<GlobalOptions>)
    .demandCommand(1, 'Expected a command.')
    .strict()
    .alias('h', 'help')
    .version(ownVersion())
    .alias('V', 'version')
    .wrap(100)
    .exitProcess(false);
}

/** Of this package: yargs by itself would take the game's. */
const ownVersion = () =>
  (JSON.parse(readFileSync(ofOwnPackage('package.json'), 'utf8')) as { version: string }).version;

/** Runs the command line and gives its exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const verbose = args.includes('--verbose') || process.env['DEBUG'] !== undefined;
  let chosen: Parameters<Run>[0] | undefined;
  // Not at once: while a handler's promise is open, yargs writes the whole help for the case that it fails.
  const run: Run = (command) => {
    chosen = command;
  };
  const parser = commandLine(args, terminal, run).fail((message, error, ofCommand) => {
    // thrown, as otherwise yargs would go on to the command
    throw error ?? new Error(refusalOf(message, wordsOf(parser), ofCommand));
  });
  try {
    await parser.parseAsync();
  } catch (error) {
    printFailure(error, terminal, verbose);
    return exitCodes.usage;
  }
  try {
    return (await chosen?.()) ?? exitCodes.fine;
  } catch (error) {
    printFailure(error, terminal, verbose);
    return exitCodeOf(error);
  }
}

/** What is told of a call that yargs refuses; the page of help that it names is that of the command. */
function refusalOf(message: string, words: readonly string[], ofCommand: Argv): string {
  // typed as what sets options; without any it gives the page of the command that was called
  const [usage = ''] = (ofCommand as unknown as { help(): string }).help().split('\n', 1);
  // of a call that lacks arguments yargs does not tell the words
  const said = words.length > 0 ? words : usage.split(' ').slice(1);
  return `${wrongCall(message, words, usage)}\nTry ${helpFor(said)}.`;
}

/** The words of the call that are no options. */
const wordsOf = ({ parsed }: Argv<GlobalOptions>) => (parsed ? parsed.argv._.map(String) : []);
