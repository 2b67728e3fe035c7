import type { KnownOperation } from './known-operation.js';
import { oldCommands, shownNames } from './old-commands.js';

/** What a line is completed by. */
export interface Completing {
  readonly operations: ReadonlyMap<string, KnownOperation>;
  /** Servers of the cluster. */
  readonly ids: readonly string[];
  readonly types: readonly string[];
}

/** Commands of the console itself. */
export const ownCommands = ['help', 'use', 'run', 'quit'] as const;

/** What may follow what was typed, and the part of it that each would stand for: as `readline` asks for it. */
export function complete(line: string, completing: Completing): [string[], string] {
  const words = line.split(/\s+/);
  const last = words.at(-1)!;
  const [name] = words;
  const all = words.length === 1 ? commandsOf(completing) : afterCommand(name!, last, completing);
  return [all.filter((one) => one.startsWith(last)), last];
}

const commandsOf = ({ operations }: Completing): string[] =>
  [...operations.keys(), ...Object.keys(oldCommands), ...ownCommands].sort();

function afterCommand(name: string, last: string, { operations, ids, types }: Completing): string[] {
  if (name === 'show') return [...shownNames];
  if (name === 'help') return [...operations.keys()];
  if (name === 'use') return [...ids, 'all'];
  const known = operations.get(name);
  if (!known) return Object.hasOwn(oldCommands, name) ? [...ids] : [];
  const [, argument, before = ''] = /^([^=]+)=((?:.*,)?)/.exec(last) ?? [];
  if (argument === undefined) return [...known.arguments.keys()].map((one) => `${one}=`);
  const values = { id: ids, ids, types }[argument] ?? known.choices.get(argument) ?? [];
  return values.map((value) => `${argument}=${before}${value}`);
}
