import { add } from '../commands/add.js';
import { remove } from '../commands/remove.js';
import { type AddCommands, last, masterFlags } from './options.js';

/** `add` and `remove`. */
export const topologyCommands: AddCommands = (parser, terminal, run) => {
  return parser
    .command(
      'add [entry..]',
      'add servers to a running cluster and start them',
      (command) =>
        command
          .positional('entry', {
            type: 'string',
            array: true,
            default: [],
            describe:
              'one server as key=value …, such as serverType=chat id=chat-3 port=6052, or with clusterCount=2 port=6052++; a text of JSON5; or ids that were removed',
          })
          .option('file', {
            type: 'string',
            requiresArg: true,
            coerce: last,
            describe: 'a JSON5 file of servers by type, as servers.json5 has them',
          })
          .options(masterFlags)
          .check(({ entry, file }) => {
            if ((file === undefined) !== (entry.length === 0)) return true;
            throw new Error('expected either the fields of a server or --file');
          }),
      (argv) => run(() => add(argv, terminal)),
    )
    .command(
      'remove <ids..>',
      'stop servers and take them out of a running cluster',
      (command) =>
        command
          .positional('ids', {
            type: 'string',
            array: true,
            demandOption: true,
            describe: 'server ids',
          })
          .options(masterFlags),
      (argv) => run(() => remove(argv, terminal)),
    );
};
