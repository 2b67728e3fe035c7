import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { argumentWords, listedOperations, operations } from '@pomelo-ts/master/operations';
import { columnsOf, problemWords, viewNames } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { english, type WordKey } from '../src/words/en.js';
import { fill } from '../src/words/fill.js';
import { chinese, chineseNames } from '../src/words/zh.js';

const keys = Object.keys(english) as WordKey[];
const filledIn = (words: string) => [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the words of the page', () => {
  it('are all there in Chinese, and have the same filled in', () => {
    expect(Object.keys(chinese).sort()).toEqual([...keys].sort());
    for (const key of keys) expect([key, filledIn(chinese[key])]).toEqual([key, filledIn(english[key])]);
  });

  it('are written in Chinese where they are words', () => {
    const bare = (words: string) => words.replace(/\{\w+\}/g, '');
    const left = keys.filter(
      (key) => /[a-z]{2}/i.test(bare(english[key])) && !/\p{Script=Han}/u.test(chinese[key]),
    );
    // names are what they are in each language
    expect(left.map((key) => chinese[key])).toEqual(['{what} · {env} · pomelo-ts', 'RPC', 'Node']);
  });

  it('have each column of each view, with a sentence on it', () => {
    for (const view of viewNames) {
      const columns: Readonly<Record<string, readonly [string, string]>> = chineseNames.columns[view];
      expect(Object.keys(columns).sort()).toEqual(Object.keys(columnsOf(view)).sort());
      for (const [title, help] of Object.values(columns)) {
        expect(title).not.toBe('');
        expect(help).toMatch(/。$/);
      }
    }
  });

  it('say in Chinese what can be wrong, and have the same filled in', () => {
    for (const [name, words] of Object.entries(problemWords)) {
      const said = chineseNames.problems[name as keyof typeof problemWords];
      expect([name, filledIn(said)]).toEqual([name, filledIn(words)]);
      if (name !== 'down' && name !== 'downBy') expect(said).toMatch(/\p{Script=Han}/u);
    }
  });

  it('say in Chinese what each operation of the master does', () => {
    const missing = Object.keys(operations).filter((verb) => !/。$/.test(chineseNames.effects[verb] ?? ''));
    expect(missing).toEqual([]);
  });

  it('say in Chinese what each argument of an operation means', () => {
    expect(Object.keys(chineseNames.arguments).sort()).toEqual(Object.keys(argumentWords).sort());
    for (const text of Object.values(chineseNames.arguments)) expect(text).toMatch(/。$/);
  });

  it('say in Chinese when an operation asks for a proof', () => {
    const whens = listedOperations().flatMap(({ provesWhen = [] }) => provesWhen);
    expect(Object.keys(chineseNames.proofs).sort()).toEqual([...new Set(whens)].sort());
  });

  it('are all used', () => {
    const folder = fileURLToPath(new URL('../src/', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(({ name, parentPath }) => /\.tsx?$/.test(name) && !parentPath.endsWith('/words'))
      .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8'))
      .join('\n');
    const begun = [...sources.matchAll(/`([\w.]+\.)\$\{/g)].map(([, begin]) => begin!);
    const unused = keys.filter(
      (key) => !sources.includes(`'${key}'`) && !begun.some((begin) => key.startsWith(begin)),
    );
    expect(unused).toEqual([]);
  });

  it('are filled in with what is given alone', () => {
    expect(fill('{a} of {b}, {constructor}', { a: 1, b: '{a}' })).toBe('1 of {a}, {constructor}');
  });
});
