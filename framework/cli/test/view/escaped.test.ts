import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerRow, TopologyDiff } from '@pomelo-ts/master';
import { describe, expect, it } from 'vitest';
import { printFailure } from '../../src/failure.js';
import { lineLogger } from '../../src/line-logger.js';
import type { Terminal } from '../../src/terminal.js';
import { configDiff } from '../../src/view/config-diff.js';
import { escaped, escapedLines, forTerminal, jsonText } from '../../src/view/escaped.js';
import { LogLines } from '../../src/view/log-lines.js';
import { plainProgress } from '../../src/view/plain-progress.js';
import { serverTable } from '../../src/view/server-table.js';

/** Clears the screen, sets the title, rings, goes up a line, turns text around, hides a blank, and begins another line. */
const hostile = 'a\u001b[2J\u001b]0;owned\u0007\u009b1A\u202egnp.exe\u200b\r\n[chat-1] all is well\u2028';
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/;
const plain = (_: unknown, text: string) => text;

/** What a view prints, as lines. */
function printed(act: (terminal: Terminal) => void): string[] {
  const lines: string[] = [];
  const add = (text: string) => void lines.push(...text.split('\n'));
  act({ out: add, err: add, live: false, colours: false });
  return lines;
}

/** Every place that shows what others have written. */
const views: Record<string, (text: string) => string[]> = {
  'a line that a server printed': (text) =>
    printed((terminal) =>
      terminal.out(new LogLines(terminal, ['chat-1']).show(`[chat-1] ${text.split('\n')[0]}`)),
    ),
  'a record of a log': (text) =>
    printed((terminal) => {
      const record = JSON.stringify({ level: 'warn', time: text, msg: text, [text]: text, deep: { text } });
      terminal.out(new LogLines(terminal, ['chat-1'], { times: true }).show(`[chat-1] ${record}`));
    }),
  'a table of servers': (text) =>
    serverTable([{ ...row, lastError: text, build: text, host: text }], plain)
      .split('\n')
      .slice(1),
  'a narrow table of servers': (text) =>
    serverTable([{ ...row, build: text, host: text }], plain, 40)
      .split('\n')
      .slice(0, 1),
  'a difference in the configuration': (text) =>
    configDiff({ ...diff, changes: [{ path: text, from: text, to: 1, need: 'live', ids: [] }] }, plain)
      .split('\n')
      .slice(1),
  'a wait for another operation': (text) =>
    printed((terminal) => plainProgress(terminal).onProgress({ kind: 'waiting', operation: text })),
  'a line of the master on a terminal': (text) =>
    printed((terminal) => lineLogger(terminal.out).warn(text, { from: text, error: new Error(text) })),
};

const row: ServerRow = {
  id: 'chat-1',
  type: 'chat',
  state: 'ready',
  host: '127.0.0.1',
  frontend: false,
  restarts: 0,
};
const diff: TopologyDiff = {
  digest: '',
  added: [],
  removed: [],
  changes: [],
  restart: [],
  waiting: [],
  back: [],
};

describe('what a stranger has written', () => {
  for (const [name, show] of Object.entries(views))
    it(`is one line that does nothing in ${name}`, () => {
      const lines = show(hostile);
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toMatch(obeyed);
      expect(lines[0]).toContain('\\u001b[2J');
    });

  it('does nothing in an error and in its stack, nor in a warning, whose own lines stay', () => {
    const lines = printed((terminal) => {
      printFailure(new Error(hostile), terminal, true);
      plainProgress(terminal).onProgress({ kind: 'warning', text: `first: ${hostile}\nsecond` });
    });
    expect(lines.join('\n')).not.toMatch(obeyed);
    expect(lines).toContain('second');
  });

  it('begins no line of its own in the stack of a record', () => {
    const stack = `Error: ${hostile}\n    at send (/game/chat.js:1:1)`;
    const lines = printed((terminal) =>
      terminal.out(
        new LogLines(terminal, ['chat-1']).text(
          JSON.stringify({ level: 'error', msg: 'x', error: { stack } }),
        ),
      ),
    );
    expect(lines.join('\n')).not.toMatch(obeyed);
    expect(lines.slice(1).every((line) => line.startsWith('  '))).toBe(true);
    expect(lines.at(-1)).toBe('    at send (/game/chat.js:1:1)');
  });
});

describe('escaped text', () => {
  it('is what JSON means by it, and leaves all that can be read', () => {
    const text = 'Łódź 聊天 🎮 ❤\ufe0f "quoted" \\n';
    expect(escaped(text)).toBe(text);
    expect(JSON.parse(`"${escaped('a\u001b\u202e\n\u{e0041}')}"`)).toBe('a\u001b\u202e\n\u{e0041}');
    expect(escapedLines('a\n\tb\r')).toBe('a\n\tb\\u000d');
  });

  it('for a terminal keeps colours and lines, and nothing else that is obeyed', () => {
    const red = '\u001b[31mred\u001b[39m';
    expect(forTerminal(`${red}\nb\u001b[2J\u001b]0;x\u0007`)).toBe(`${red}\nb\\u001b[2J\\u001b]0;x\\u0007`);
  });
});

describe('JSON', () => {
  it('is the same value, in text that can do nothing but be read', () => {
    const value = { name: hostile, 'key \u009b': ['\u{e0041}', 'ü\t"\\'] };
    for (const text of [jsonText(value), jsonText(value, 2)]) {
      expect(text).not.toMatch(obeyed);
      expect(JSON.parse(text)).toEqual(value);
    }
    expect(jsonText('\u202e')).toBe('"\\u202e"');
  });

  it('is printed in no other way by any command', () => {
    const root = fileURLToPath(new URL('../../src', import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const raw = files.filter((file) =>
      /\.out\(\s*JSON\.stringify|json \? JSON\.stringify/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(raw).toEqual([]);
  });
});
