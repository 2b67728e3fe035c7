import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/request.js';
import { type AskLog, LogReader } from '../src/log/log-reader.js';

/** Logs of servers in memory, told two lines at a time; each knows what it was asked for. */
class Logs {
  readonly asked: object[] = [];
  readonly #lines: Readonly<Record<string, string[]>>;
  underWay = 0;
  most = 0;

  constructor(lines: Readonly<Record<string, string[]>>) {
    this.#lines = lines;
  }

  readonly ask: AskLog = async ({ id, request }) => {
    this.asked.push({ id, request });
    this.most = Math.max(this.most, ++this.underWay);
    await Promise.resolve();
    this.underWay--;
    const lines = this.#lines[id];
    if (!lines) throw new ApiError('LOG_MISSING', `${id} has none`, 404);
    const { after, lines: last = 0 } = request as { after?: { offset: number }; lines?: number };
    const from = after?.offset ?? Math.max(0, lines.length - last);
    const to = Math.min(lines.length, from + 2);
    return { lines: lines.slice(from, to), next: { offset: to, before: '' }, more: to < lines.length };
  };
}

describe('a reader of logs', () => {
  it('reads the last lines of each in as many parts as it takes, and then what is new alone', async () => {
    const lines = { a: ['1', '2', '3', '4', '5'], b: ['x'] };
    const logs = new Logs(lines);
    const reader = new LogReader(logs.ask, {});
    const texts = async () =>
      (await reader.read(['a', 'b'], 3)).map((found) => found.map(({ id, text }) => `${id} ${text}`));
    expect(await texts()).toEqual([['a 3', 'a 4', 'a 5'], ['b x']]);
    expect(await texts()).toEqual([[], []]);
    lines.b.push('y');
    expect(await texts()).toEqual([[], ['b y']]);
  });

  it('has servers look for what is wanted, and asks as it is where nothing is', async () => {
    const logs = new Logs({ a: ['1'] });
    await new LogReader(logs.ask, { words: ['room'], level: 'warn' }).read(['a'], 3);
    await new LogReader(logs.ask, {}).read(['a'], 3);
    expect(logs.asked).toEqual([
      { id: 'a', request: { lines: 3, filter: { words: ['room'], level: 'warn' } } },
      { id: 'a', request: { lines: 3 } },
    ]);
  });

  it('leaves out servers of several that have no log, and says so of one alone', async () => {
    const logs = new Logs({ a: ['1'] });
    expect(await new LogReader(logs.ask, {}).read(['a', 'none'], 3)).toEqual([[{ id: 'a', text: '1' }], []]);
    await expect(new LogReader(logs.ask, {}).read(['none'], 3)).rejects.toMatchObject({
      code: 'LOG_MISSING',
    });
  });

  it('asks for eight at once at most', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `chat-${n}`);
    const logs = new Logs(Object.fromEntries(ids.map((id) => [id, ['1']])));
    expect(await new LogReader(logs.ask, {}).read(ids, 3)).toHaveLength(50);
    expect(logs.most).toBe(8);
  });
});
