import type { Verb } from '@pomelo-ts/master';
import { argumentWord, listedOperations } from '@pomelo-ts/master/operations';

/** What one argument of an operation takes, as far as a word can be made of it. */
export type ArgumentKind = 'text' | 'number' | 'flag' | 'list' | 'json';

/** An operation, as the console types and completes it. */
export interface KnownOperation {
  readonly verb: Verb;
  readonly effect: string;
  readonly changes: boolean;
  readonly arguments: ReadonlyMap<string, ArgumentKind>;
  /** What each argument means. */
  readonly words: ReadonlyMap<string, string>;
  /** Words that an argument takes, where only some do. */
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** All operations, by name, made of the table. */
export const knownOperations = (): ReadonlyMap<string, KnownOperation> =>
  new Map(
    listedOperations().map(({ verb, effect, changes, args }) => {
      const entries = Object.entries((args as Schema).properties ?? {});
      const choices = entries.flatMap(([name, { enum: words }]) =>
        words ? [[name, words.map(String)] as const] : [],
      );
      const words = new Map(entries.map(([name]) => [name, argumentWord(verb, name) ?? '']));
      const kindsOf = new Map(entries.map(([name, schema]) => [name, kindOf(schema)]));
      return [verb, { verb, effect, changes, arguments: kindsOf, words, choices: new Map(choices) }];
    }),
  );

const kinds: Readonly<Record<string, ArgumentKind>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'flag',
  array: 'list',
};

const kindOf = ({ type = '', enum: words }: Schema): ArgumentKind =>
  words ? 'text' : (kinds[type] ?? 'json');
