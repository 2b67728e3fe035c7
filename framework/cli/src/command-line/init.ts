import { nearest } from '@pomelo-ts/common/internal';
import { languages, templates } from '../commands/init/choices.js';
import { init } from '../commands/init.js';
import { type AddCommands, last } from './options.js';

/** `init`. */
export const initCommands: AddCommands = (parser, terminal, run) => {
  const text = { type: 'string', requiresArg: true } as const;
  return parser.command(
    'init [folder]',
    'make a new game',
    (command) =>
      command
        .positional('folder', { type: 'string', describe: 'where to; its name is that of the game' })
        .option('template', {
          ...text,
          coerce: oneOf('template', templates),
          describe: `${Object.keys(templates).join(', ')} (default: chat)`,
        })
        .option('language', {
          ...text,
          coerce: oneOf('language', languages),
          describe: `${Object.keys(languages).join(' or ')} (default: ts)`,
        })
        .option('force', {
          type: 'boolean',
          default: false,
          describe: 'also into a folder that is not empty; files of the same names are replaced',
        })
        .check(({ folder }) => {
          if (folder !== undefined || terminal.ask) return true;
          throw new Error('Expected the folder of the new game, such as my-game.');
        })
        .example('pomelo-ts init my-game --template arena', 'npm create pomelo-ts@latest does the same'),
    (argv) => run(() => init(argv, terminal)),
  );
};

/** Takes one of the names of `choices`. */
function oneOf<Choice extends string>(what: string, choices: Readonly<Record<Choice, string>>) {
  const names = Object.keys(choices) as Choice[];
  return (given: string | string[]): Choice => {
    const value = last(given);
    const choice = names.find((name) => name === value);
    if (choice) return choice;
    const near = nearest(value, names);
    const hint = near === undefined ? `Known are ${names.join(', ')}.` : `Did you mean ${near}?`;
    throw new Error(`There is no ${what} ${value}. ${hint}`);
  };
}
