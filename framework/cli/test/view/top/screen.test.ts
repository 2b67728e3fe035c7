import { type Page, type Row, usualQuery, type ViewQuery } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/view/text-width.js';
import type { Effects } from '../../../src/view/top/lines/foot-lines.js';
import { screenLines } from '../../../src/view/top/lines/screen-lines.js';
import { profileWish } from '../../../src/view/top/profile-wish.js';
import { reduce } from '../../../src/view/top/reduce.js';
import type { Effect, ScreenEvent } from '../../../src/view/top/screen-event.js';
import {
  actions,
  type Beginning,
  beginScreen,
  orders,
  type ScreenState,
} from '../../../src/view/top/screen-state.js';

const server = (id: string, more: Row['cells'] = {}): Row => ({
  key: id,
  trouble: more['state'] === 'gone' ? 10 : 0,
  cells: {
    ...{ id, type: 'chat', host: '10.0.0.1', state: 'ready', build: '1', connections: null, requests: 12 },
    ...{ errors: 0, p99: 0.02, cpu: 0.1, loop: 0.01, memory: 3e8, up: 100, restarts: 0, ...more },
  },
});

const pageOf = (rows: readonly Row[]): Page => ({
  at: 1_700_000_000_000,
  rows,
  ...{ matching: rows.length, total: rows.length, silent: [] },
  summary: {
    env: 'production',
    leader: { id: 'master', host: '10.0.0.1', term: 1 },
    ...{
      hosts: 1,
      states: { ready: rows.length },
      builds: ['1'],
      online: 3,
      requests: 12,
      errors: 0,
      p99: 0.02,
    },
    past: { online: [null, 1], requests: [null, 1], errors: [null, 0], p99: [null, 0.1] },
    problems: rows
      .filter(({ trouble }) => trouble > 0)
      .map(({ key }) => ({
        ...{ key, severity: 'warn', about: key, what: 'gone', since: 1_700_000_000_000, next: `logs ${key}` },
      })),
    problemCount: rows.filter(({ trouble }) => trouble > 0).length,
  },
});

const effects = Object.fromEntries(
  [...actions, ...orders].map((name) => [name, `What ${name} does.`]),
) as Effects;

/** A screen and what its keys have done. */
class Typed {
  state: ScreenState;
  readonly effects: Effect[] = [];

  constructor(rows: readonly Row[], more: Partial<Beginning> = {}) {
    this.state = beginScreen({
      ...{ now: 1_700_000_000_000, rows: 24, columns: 80, readonly: false, plain: false, ...more },
    });
    this.tell({ kind: 'page', page: pageOf(rows) });
  }

  tell(event: ScreenEvent): void {
    const { state, effect } = reduce(this.state, event);
    this.state = state;
    if (effect) this.effects.push(effect);
  }

  /** Types keys: each character one, names of others in angle brackets. */
  type(keys: string): this {
    for (const [, name, text] of keys.matchAll(/<([^>]+)>|(.)/gu))
      this.tell({ kind: 'key', key: name ? { name } : { name: text!, text: text! } });
    return this;
  }

  get text(): string[] {
    return screenLines(this.state, effects).map((line) => line.map(({ text }) => text).join(''));
  }

  get asked(): Partial<ViewQuery> {
    const { query } = this.state;
    return Object.fromEntries(
      Object.entries(query).filter(([name, value]) => value !== usualQuery[name as keyof ViewQuery]),
    );
  }
}

const many = (count: number) => Array.from({ length: count }, (_, n) => server(`chat-${n + 1}`));

describe('the screen', () => {
  it.each([
    [80, 24],
    [120, 40],
    [60, 20],
    [20, 5],
  ])('of %d by %d is as large as the terminal, whatever is on it', (columns, rows) => {
    const names = [
      'connector-1',
      '聊天服务器-北京-1',
      'chat-with-a-name-that-is-longer-than-all',
      'é\u0301👨‍👩‍👧',
    ];
    const odd = names.map((id) => server(id, { state: 'gone', build: '\u001b[31mred\nline' }));
    const screen = new Typed([...odd, ...many(500)], { columns, rows });
    for (const keys of ['', '<enter>', '<escape>?', '<escape>/', '<escape>:', '<escape>a'])
      for (const line of [screen.type(keys).text].flat()) {
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may come through
        expect(line).not.toMatch(/[\u0000-\u001f]/);
      }
    expect(screen.text).toHaveLength(rows);
  });

  it('tells a problem of a server once on the page of that, and those of others above it', () => {
    const screen = new Typed([server('chat-1', { state: 'gone' }), server('chat-2', { state: 'gone' })]);
    const told = (id: string) => screen.text.filter((line) => line.includes(`-> logs ${id}`)).length;
    expect([told('chat-1'), told('chat-2')]).toEqual([1, 1]);
    screen.type('<enter>');
    expect([told('chat-1'), told('chat-2')]).toEqual([1, 1]);
    screen.tell({ kind: 'page', page: { ...pageOf([server('chat-1', { state: 'gone' })]), rows: [] } });
    expect([told('chat-1'), told('chat-2')]).toEqual([1, 0]);
  });

  it('draws ASCII alone where nothing else can be shown', () => {
    const [head, ...others] = new Typed([server('chat-1', { state: 'gone' })], { plain: true }).text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    expect([head, ...others].join('')).toMatch(/^[\u0000-\u007f]*$/);
  });

  it('tells by a sign and a word how a server is', () => {
    const text = new Typed([server('chat-1', { state: 'gone' }), server('chat-2')]).text.join('\n');
    expect(text).toMatch(/chat-1 +chat .*! gone/);
    expect(text).toMatch(/chat-2 +chat .*✓ ready/);
    expect(text).toContain('chat-1 gone, since');
  });

  it('moves through 500 lines, and shows the one that is selected', () => {
    const screen = new Typed(many(500)).type('<end>');
    expect(screen.text.join('\n')).toMatch(/^> chat-500 /m);
    expect(screen.type('<home>').text.join('\n')).toMatch(/^> chat-1 /m);
  });
});

describe('keys of the screen', () => {
  const typed = (keys: string, rows = many(3)) => new Typed(rows).type(keys);

  it('change what the master is asked for', () => {
    expect(typed('3').asked).toEqual({ view: 'routes' });
    expect(typed('s9').asked).toMatchObject({ sort: 'p99' });
    expect(typed('s9s9').asked).toMatchObject({ sort: 'p99', ascending: true });
    expect(typed('e').asked).toEqual({ faulty: true });
    expect(typed('w2').asked).toEqual({ window: '1m' });
    expect(typed('gh').asked).toEqual({ group: 'host' });
    expect(typed('/type:chat<enter>').asked).toEqual({ filter: 'type:chat' });
    expect(typed('/type:chat<enter>-').asked).not.toHaveProperty('view');
    expect(typed(':routes<enter>').asked).toEqual({ view: 'routes' });
  });

  it('ask before something is changed: y for one server, the count for several', () => {
    const one = typed('ar');
    expect(one.effects).toEqual([]);
    expect(one.type('y').effects).toEqual([{ do: 'operate', action: 'restart', ids: ['chat-1'] }]);
    const no = typed('arn');
    expect(no.effects).toEqual([]);
    const three = typed('*as');
    expect(three.type('2<enter>').effects).toEqual([]);
    expect(typed('*as3<enter>').effects).toEqual([
      { do: 'operate', action: 'stop', ids: ['chat-1', 'chat-2', 'chat-3'] },
    ]);
  });

  it('kick a user, or take a profile, by a command that says what it does and waits for y', () => {
    const kick = typed(':kick 42 too loud<enter>');
    expect(kick.effects).toEqual([]);
    expect(kick.text.join('\n')).toContain('kick 42 (too loud)? y does it');
    expect(kick.type('y').effects).toEqual([
      { do: 'operate', action: 'kick', ids: ['42'], more: 'too loud' },
    ]);
    expect(typed(':kick 42<enter>y').effects).toEqual([{ do: 'operate', action: 'kick', ids: ['42'] }]);
    expect(typed(':kick 42<enter>n').effects).toEqual([]);
    const profile = (words: string) => typed(`:profile${words}<enter>y`).effects;
    const taken = (id: string, more: string) => [{ do: 'operate', action: 'profile', ids: [id], more }];
    expect(profile('')).toEqual(taken('chat-1', '10s'));
    expect(profile(' chat-2 2s')).toEqual(taken('chat-2', '2s'));
    expect(profile(' chat-2 heap')).toEqual(taken('chat-2', 'heap'));
    expect(profile(' chat-2 heap --force')).toEqual(taken('chat-2', 'heap --force'));
    expect(profileWish('heap --force')).toEqual({ kind: 'heap', force: true });
    for (const wrong of [
      ':kick',
      ':profile chat-1 soon',
      ':profile chat-1 10s --force',
      ':profile chat-1 heap now',
      ':profile chat-1 2s 3s',
    ])
      expect(typed(`${wrong}<enter>y`).effects.filter((effect) => effect.do === 'operate')).toEqual([]);
    expect(typed(':profile chat-1 soon<enter>').text.join('\n')).toContain('expected a server, and how long');
    expect(typed(':ki<tab>').text.join('\n')).toMatch(/: ki_ .*kick kill|: ki_/);
    expect(typed(':profile chat-2 heap <tab>').text.join('\n')).toContain('profile chat-2 heap --force');
    expect(typed(':profile chat-2 h<tab>').text.join('\n')).toContain('profile chat-2 heap');
  });

  it('show the log of one server or of all, and of these the lines that a filter lets through', () => {
    expect(typed('l').state.mode).toMatchObject({ kind: 'log', id: 'chat-1', filter: '' });
    const all = typed('L');
    all.tell({ kind: 'log', id: '*', lines: ['chat-1 | hello'] });
    expect(all.text.join('\n')).toMatch(/log of all servers, followed\n chat-1 \| hello/);
    expect(typed(':logs all<enter>').state.mode).toEqual(typed('L').state.mode);
    expect(all.type('/level:warn !bot').text.at(-1)).toContain('filter: level:warn !bot_');
    expect(all.type('<enter>').state.mode).toMatchObject({ filter: 'level:warn !bot', lines: [] });
    expect(all.text.join('\n')).toContain('log of all servers, filter level:warn !bot');
    expect(all.type('/x<escape>').state.mode).toMatchObject({ kind: 'log', filter: 'level:warn !bot' });
    expect(all.type('/<C-u>level:loud<enter>').text.join('\n')).toContain('expected level:debug');
    expect(all.state.mode).toMatchObject({ filter: 'level:warn !bot', typing: 'level:loud' });
    expect(all.type('<escape><escape>').state.mode).toEqual({ kind: 'table' });
  });

  it('change nothing with --readonly', () => {
    const screen = new Typed(many(3), { readonly: true }).type(
      'ary:restart chat-1<enter>y:kick 42<enter>y:profile<enter>y',
    );
    expect(screen.effects.filter((effect) => effect.do === 'operate')).toEqual([]);
    expect(new Typed(many(3), { readonly: true }).type('a').text.join('\n')).toContain('--readonly');
  });

  it('freeze what is shown, while what comes is kept for later', () => {
    const screen = typed('p');
    screen.tell({ kind: 'page', page: pageOf([server('chat-9')]) });
    expect(screen.text.join('\n')).toContain('chat-1 ');
    expect(screen.type('p').text.join('\n')).toContain('chat-9 ');
  });

  it('show all of what is told, over several lines, and leave a low screen to the table', () => {
    const text = `connector-1 could not profile: it has clients, and ${'all of them wait. '.repeat(6)}Say --force.`;
    const screen = typed('');
    screen.tell({ kind: 'told', text, bad: true });
    const lines = screen.text;
    expect(lines).toHaveLength(24);
    const told = lines.slice(
      lines.findIndex((line) => line.includes('connector-1 could')),
      -1,
    );
    expect(told.map((line) => line.trim()).join(' ')).toBe(text);
    screen.tell({ kind: 'size', rows: 6, columns: 80 });
    expect(screen.text.filter((line) => line.includes('wait'))).toHaveLength(1);
    expect(screen.text.at(-1)).toContain('quit');
  });

  it('leave by q and ctrl-c, also while something is typed', () => {
    expect(typed('q').effects).toEqual([{ do: 'quit' }]);
    expect(typed('/abc<C-c>').effects).toEqual([{ do: 'quit' }]);
  });

  it('tell what a master that has gone, or refuses a filter, says, and keep the page', () => {
    const screen = typed('');
    screen.tell({ kind: 'refused', reason: 'there is no column colour' });
    const refused = screen.text.join('\n');
    expect(refused).toContain('there is no column colour');
    expect(refused).toContain('chat-1 ');
    screen.tell({ kind: 'page', page: pageOf(many(3)) });
    screen.tell({ kind: 'lost', reason: 'no master runs' });
    const text = screen.text.join('\n');
    expect(text).toContain('no master runs');
    expect(text).toContain('chat-1 ');
  });
});

describe('the page of a server', () => {
  const opened = (more: Partial<Beginning> = {}) =>
    new Typed([server('chat-1'), server('chat-2')], more).type('<enter>');
  const facts = (lines: number, tab: 'routes' | 'rpc' = 'routes'): ScreenEvent => ({
    ...{ kind: 'facts', key: 'chat-1', tab },
    lines: Array.from({ length: lines }, (_, n) => ({ text: `line ${n}` })),
  });

  it('has its parts in its head, each by its number and the one beside by tab', () => {
    const typed = opened();
    expect(typed.text[2]).toBe(' chat-1  1 overview 2 routes 3 rpc 4 clients 5 runtime 6 log 7 events');
    for (const [keys, tab] of [
      ['2', 'routes'],
      ['<tab>', 'rpc'],
      ['[', 'routes'],
      ['7', 'events'],
      ['<tab>', 'overview'],
      ['9', 'overview'],
    ])
      expect([keys, typed.type(keys!).state.mode]).toMatchObject([
        keys,
        { kind: 'detail', key: 'chat-1', tab },
      ]);
    expect(typed.type('6').state.mode).toMatchObject({ kind: 'log', id: 'chat-1', ofPage: true });
    expect(typed.type('5').state.mode).toMatchObject({ tab: 'runtime' });
    expect(typed.type('<escape>').state.mode.kind).toBe('table');
  });

  it('shows what was told of the part that is open, and scrolls it', () => {
    const typed = opened().type('2');
    expect(typed.text[3]).toContain('asking');
    typed.tell(facts(100, 'rpc'));
    expect(typed.text[3]).toContain('asking');
    typed.tell(facts(100));
    expect(typed.text[3]).toBe('  line 0');
    typed.type('<down><pagedown>');
    expect(typed.text[3]).toBe('  line 15');
    typed.type('<up>');
    expect(typed.text[3]).toBe('  line 14');
    typed.tell(facts(100));
    expect(typed.text[3]).toBe('  line 14');
  });

  it.each([20, 40, 60, 79, 80, 120])('is no wider than %i columns', (columns) => {
    for (const tab of ['1', '3', '6'])
      for (const line of opened({ columns }).type(tab).text)
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
  });
});
