import { longestFilter, mostRows, type ViewName, viewNames, type Window, windows } from '@pomelo-ts/views';
import { type AddCommands, last, masterFlags } from './options.js';

/** Options that say what is looked at. */
const queryFlags = {
  view: {
    choices: viewNames,
    default: 'servers' as ViewName,
    requiresArg: true,
    describe: 'what to look at',
  },
  filter: {
    alias: 'f',
    type: 'string',
    default: '',
    requiresArg: true,
    coerce: last,
    describe: `words that lines must meet, such as "type:chat err>1%" or "/^chat-[12]$/"; at most ${longestFilter} characters`,
  },
  sort: {
    alias: 's',
    type: 'string',
    requiresArg: true,
    coerce: last,
    describe: 'column to sort by, +column for small ones first [what is most wrong]',
  },
  window: {
    alias: 'w',
    choices: windows,
    default: '10s' as Window,
    requiresArg: true,
    describe: 'time over which rates and percentiles are told',
  },
  limit: { type: 'number', default: mostRows, requiresArg: true, describe: 'lines at most' },
  faulty: { type: 'boolean', default: false, describe: 'only lines with something wrong' },
} as const;

/** What shows a running cluster. */
export const topCommands: AddCommands = (parser, terminal, run) =>
  consoleCommand(parser, terminal, run).command(
    'top',
    'show what a running cluster does, and what is wrong with it first',
    (command) =>
      command
        .options(queryFlags)
        .options(masterFlags)
        .options({
          once: { type: 'boolean', default: false, describe: 'look once, and print a table' },
          json: { type: 'boolean', conflicts: 'csv', describe: 'look once, and print JSON' },
          csv: { type: 'boolean', describe: 'look once, and print CSV' },
          output: {
            alias: 'o',
            type: 'string',
            requiresArg: true,
            coerce: last,
            describe: 'look once, and write to that file',
          },
          plain: {
            type: 'boolean',
            default: false,
            describe: 'tell what changes line by line until Ctrl-C, for screen readers and pipes',
          },
          readonly: { type: 'boolean', default: false, describe: 'on the screen: nothing can be changed' },
          ascii: {
            type: 'boolean',
            default: false,
            describe: 'on the screen: no characters beyond ASCII but those of names',
          },
        }),
    (argv) =>
      run(async () => {
        const { top } = await import('../commands/top.js');
        return top(argv, terminal);
      }),
  );

const consoleCommand: AddCommands = (parser, terminal, run) =>
  parser.command(
    'console',
    'have a prompt for all that a master does; or have it do what a pipe says, line by line',
    (command) => command.options(masterFlags),
    (argv) =>
      run(async () => {
        const { openConsole } = await import('../commands/console.js');
        return openConsole(argv, terminal);
      }),
  );
