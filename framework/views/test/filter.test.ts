import { describe, expect, it } from 'vitest';
import { type MakeMatcher, parseFilter, type Row, views } from '../src/index.js';

const columns = views.servers.columns;
const make: MakeMatcher = (pattern) => {
  const compiled = new RegExp(pattern, 'i');
  return (text) => compiled.test(text);
};
const server = (id: string, cells: Row['cells'] = {}): Row => ({
  key: id,
  trouble: 0,
  cells: { id, type: id.split('-')[0]!, host: 'h1', state: 'ready', ...cells },
});
const rows = [
  server('connector-1', { connections: 1500, loop: 0.02, errors: 0.001, memory: 300 * 1024 ** 2 }),
  server('connector-2', { connections: 900, loop: 0.21, errors: 0.02, memory: 2 * 1024 ** 3, host: 'h2' }),
  server('chat-1', { connections: null, state: 'gone', loop: null }),
  server('聊天-1', { connections: null }),
];
const found = (text: string) => rows.filter(parseFilter(text, columns, make)).map(({ key }) => key);

describe('a filter', () => {
  it.each([
    ['', ['connector-1', 'connector-2', 'chat-1', '聊天-1']],
    ['CONN', ['connector-1', 'connector-2']],
    ['聊', ['聊天-1']],
    ['!connector', ['chat-1', '聊天-1']],
    ['/^c.*-1$/', ['connector-1', 'chat-1']],
    ['!/-1$/', ['connector-2']],
    ['/ready|h2 x/', ['connector-1', 'connector-2', '聊天-1']],
    ['type:connector host:h2', ['connector-2']],
    ['state=gone', ['chat-1']],
    ['conn>1000', ['connector-1']],
    ['conn>=900', ['connector-1', 'connector-2']],
    ['CONN<1,000', ['connector-2']],
    ['connections=900', ['connector-2']],
    ['loop>100ms', ['connector-2']],
    ['err>1%', ['connector-2']],
    ['mem>1G', ['connector-2']],
    ['mem<1G', ['connector-1']],
    ['!loop>100ms type:connector', ['connector-1']],
  ])('%s lets through what it means', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    ['colour:red', 'there is no column colour; there are id, type, host, state'],
    [
      'conn>many',
      'conn>many: expected a number, with ms, s, m, h, d, k, K, M, G or % if it has a unit, got many',
    ],
    ['conn>1x', 'got 1x'],
    ['conn>', 'got nothing'],
    ['type>3', 'type>3: type is a text; expected type:… or type=…'],
    ['!', 'expected what lines shall not have after !'],
    ['/', 'expected a regular expression as /…/, got /'],
    ['/(/', '/(/: Invalid regular expression'],
    ['constructor:x', 'there is no column constructor'],
    ['conn>1constructor', 'got 1constructor'],
  ])('%s tells what was expected', (text, message) => {
    expect(() => found(text)).toThrow(message);
  });
});
