import { configCheck, configPrint } from '../commands/config.js';
import { type AddCommands, plain } from './options.js';

/** `config check` and `config print`. */
export const configCommands: AddCommands = (parser, terminal, run) => {
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
};
