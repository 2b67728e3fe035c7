import { nearest } from '@pomelo-ts/common/internal';
import type { Verb } from '@pomelo-ts/master';
import type { ArgumentKind, KnownOperation } from './known-operation.js';
import { insteadOf, oldCommands } from './old-commands.js';
import { wordsOf } from './words.js';

/** What a line of the console asks for. */
export type ConsoleCommand =
  | { readonly kind: 'nothing' | 'quit' }
  | { readonly kind: 'help'; readonly about?: string }
  /** What follows is about that server; without one about all. */
  | { readonly kind: 'use'; readonly id?: string }
  | { readonly kind: 'operation'; readonly verb: Verb; readonly args: Readonly<Record<string, unknown>> };

/** What a line is read by. */
export interface Reading {
  readonly operations: ReadonlyMap<string, KnownOperation>;
  /** The server that was chosen by `use`. */
  readonly using: string | undefined;
}

/**
 * Reads a line: `servers.restart ids=chat-1`, or one of pomelo-cli's commands.
 *
 * @throws Error that says what was expected
 */
export function readCommand(line: string, reading: Reading): ConsoleCommand {
  if (/^\s*run(?:\s|$)/.test(line)) return codeIn(line, reading.using); // its quotes are its own
  const [name, ...words] = wordsOf(line);
  switch (name) {
    case undefined:
      return { kind: 'nothing' };
    case 'quit':
    case 'exit':
      return { kind: 'quit' };
    case 'help':
    case '?':
      return { kind: 'help', ...(words[0] !== undefined && { about: words[0] }) };
    case 'use':
      return { kind: 'use', ...(words[0] !== undefined && words[0] !== 'all' && { id: words[0] }) };
  }
  const old = Object.hasOwn(oldCommands, name) ? oldCommands[name] : undefined;
  if (old) return { kind: 'operation', ...old(words, reading.using) };
  const known = reading.operations.get(name);
  if (!known) throw new Error(whyUnknown(name, reading.operations));
  return { kind: 'operation', verb: known.verb, args: argumentsIn(words, known, reading.using) };
}

/** As in pomelo-cli: all that follows is code, for the server that is used. */
function codeIn(line: string, using: string | undefined): ConsoleCommand {
  const code = line.trim().slice('run'.length).trim();
  if (using === undefined) throw new Error('expected use <id> before run: code is carried out in one server');
  if (code === '') throw new Error('expected code after run');
  return { kind: 'operation', verb: 'code.eval', args: { id: using, code } };
}

/** Says of a word that is no operation what may have been meant. */
export function whyUnknown(name: string, operations: ReadonlyMap<string, KnownOperation>): string {
  const instead = insteadOf(name);
  if (instead !== undefined) return `there is no ${name} here: ${instead}`;
  const near = nearest(name, [...operations.keys(), ...Object.keys(oldCommands)]);
  return `there is no ${name}; ${near === undefined ? 'help shows all that there is' : `did you mean ${near}?`}`;
}

/** What is about one server or some is about the one that is used, where nothing else is said. */
function argumentsIn(words: readonly string[], known: KnownOperation, using: string | undefined) {
  const args: Record<string, unknown> = {};
  for (const word of words) {
    const [, name = '', value = ''] = /^([^=]+)=([\s\S]*)$/.exec(word) ?? [];
    const kind = known.arguments.get(name);
    if (!kind) {
      const takes = [...known.arguments.keys()].map((one) => `${one}=…`).join(' ') || 'nothing';
      throw new Error(`${known.verb} takes ${takes}; got ${word}`);
    }
    args[name] = readValue(value, kind, name);
  }
  const named = ['id', 'ids', 'types', 'hosts'].some((name) => name in args);
  if (using === undefined || named) return args;
  if (known.arguments.has('ids')) return { ...args, ids: [using] };
  return known.arguments.get('id') === 'text' ? { ...args, id: using } : args;
}

function readValue(text: string, kind: ArgumentKind, name: string): unknown {
  const json = /^[[{]/.test(text);
  switch (kind) {
    case 'text':
      return text;
    case 'number': {
      const number = Number(text);
      if (text === '' || Number.isNaN(number)) throw new Error(`expected ${name} as a number; got ${text}`);
      return number;
    }
    case 'flag':
      if (text !== 'true' && text !== 'false')
        throw new Error(`expected ${name} as true or false; got ${text}`);
      return text === 'true';
    case 'list':
      return json ? jsonIn(text, name) : text.split(',');
    default:
      return json || /^(?:"|-?\d|true$|false$|null$)/.test(text) ? jsonIn(text, name) : text;
  }
}

function jsonIn(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`expected ${name} as JSON: ${(error as Error).message}`);
  }
}
