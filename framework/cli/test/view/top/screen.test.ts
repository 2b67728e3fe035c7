import { describe, expect, it } from 'vitest';
import { wrongInFilter } from '../../../src/commands/top/wrong-in-filter.js';
import { textWidth } from '../../../src/view/text-width.js';
import { rowAt } from '../../../src/view/top/lines/screen-lines.js';
import { profileWish } from '../../../src/view/top/profile-wish.js';
import type { ScreenEvent } from '../../../src/view/top/screen-event.js';
import type { Beginning, Mode } from '../../../src/view/top/screen-state.js';
import { pageOf, server, Typed } from './typed-screen.js';

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

  it('has in its head who is online, what is asked, and what is pushed each second', () => {
    expect(new Typed([server('chat-1')]).text[1]).toMatch(
      /^ online 3 .* {2}req\/s 12 .* {2}err 0% .* {2}p99 20ms .* {2}push\/s 310k.* no problems/,
    );
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

describe('the line of keys', () => {
  it('has whole keys alone, as many as there is room for, and none that the view has no use for', () => {
    for (let columns = 20; columns <= 120; columns++) {
      const line = new Typed(many(3), { columns }).text.at(-1)!;
      expect([columns, line]).toEqual([columns, expect.stringMatching(/^ enter open( {2}\S+ [a-z]+)* $/)]);
    }
    expect(new Typed(many(3)).text.at(-1)).toContain('space mark');
    const users = new Typed(many(3)).type('6').text.at(-1)!;
    expect([users.includes('a act'), users.includes('space mark')]).toEqual([true, false]);
    expect(new Typed(many(3)).type('9').text.at(-1)).not.toContain('a act');
  });
});

describe('keys of the screen', () => {
  const typed = (keys: string, rows = many(3)) => new Typed(rows).type(keys);

  it('change what the master is asked for', () => {
    expect(typed('3').asked).toEqual({ view: 'routes' });
    expect(typed('s9').asked).toMatchObject({ sort: 'p99' });
    expect(typed('S9').asked).toMatchObject({ sort: 'p99', growth: true });
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
    expect(one.type('y').effects).toMatchObject([
      { do: 'operate', order: { verb: 'servers.restart', args: { ids: ['chat-1'] } } },
    ]);
    const no = typed('arn');
    expect(no.effects).toEqual([]);
    const three = typed('*as');
    expect(three.type('2<enter>').effects).toEqual([]);
    expect(typed('*as3<enter>').effects).toMatchObject([
      { do: 'operate', order: { verb: 'servers.stop', args: { ids: ['chat-1', 'chat-2', 'chat-3'] } } },
    ]);
  });

  it('kick a user, or take a profile, by a command that says what it does and waits for y', () => {
    const kick = typed(':kick 42 too loud<enter>');
    expect(kick.effects).toEqual([]);
    expect(kick.text.join('\n')).toContain('kick 42 (too loud)? y does it');
    const kicked = (args: object) => [{ do: 'operate', order: { verb: 'users.kick', args } }];
    expect(kick.type('y').effects).toMatchObject(kicked({ uid: '42', reason: 'too loud' }));
    expect(typed(':kick 42<enter>y').effects).toMatchObject(kicked({ uid: '42' }));
    expect(typed(':kick 42<enter>n').effects).toEqual([]);
    const profile = (words: string) => typed(`:profile${words}<enter>y`).effects;
    const taken = (id: string, more: string) => {
      const args = { id, wish: profileWish(more) };
      return [{ do: 'operate', order: { verb: 'servers.profile', args, title: `profile ${id} (${more})` } }];
    };
    expect(profile('')).toMatchObject(taken('chat-1', '10s'));
    expect(profile(' chat-2 2s')).toMatchObject(taken('chat-2', '2s'));
    expect(profile(' chat-2 heap')).toMatchObject(taken('chat-2', 'heap'));
    expect(profile(' chat-2 heap --force')).toMatchObject(taken('chat-2', 'heap --force'));
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
    all.tell({ kind: 'log', id: '*', lines: [{ text: 'chat-1 | hello' }] });
    expect(all.text.join('\n')).toMatch(/log of all servers, followed\n chat-1 \| hello/);
    expect(typed(':logs all<enter>').state.mode).toEqual(typed('L').state.mode);
    expect(all.type('/level:warn !bot').text.at(-1)).toContain('filter: level:warn !bot_');
    expect(all.type('<enter>').effects.at(-1)).toEqual({
      do: 'tryFilter',
      id: '*',
      filter: 'level:warn !bot',
    });
    all.tell({ kind: 'filtered', id: '*', filter: 'level:warn !bot' });
    expect(all.state.mode).toMatchObject({ filter: 'level:warn !bot', lines: [] });
    expect(all.text.join('\n')).toContain('log of all servers, filter level:warn !bot');
    expect(all.type('/x<escape>').state.mode).toMatchObject({ kind: 'log', filter: 'level:warn !bot' });
    expect(all.type('<escape>').state.mode).toEqual({ kind: 'table' });
  });

  it.each(['level:loud', '/a(b/ around:2', 'x /[/', '!/(?=a)/'])(
    'keep the lines of a log, and where it was scrolled to, while its filter is %s, and tell what is wrong',
    async (filter) => {
      const one = typed('l');
      const lines = Array.from({ length: 60 }, (_, n) => ({ text: `line ${n}` }));
      one.tell({ kind: 'log', id: 'chat-1', lines });
      one.type(`<up><up>/${filter}<enter>`);
      expect(one.effects.at(-1)).toEqual({ do: 'tryFilter', id: 'chat-1', filter });
      const wrong = await wrongInFilter(filter);
      one.tell({ kind: 'filtered', id: 'chat-1', filter, wrong: wrong! });
      expect(one.state.mode).toMatchObject({ lines, back: 2, filter: '', typing: filter });
      expect(one.text.join(' ')).toContain(wrong!.slice(0, 20));
      expect(one.type('<escape>').state).toMatchObject({ mode: { lines, filter: '' }, notice: undefined });
    },
  );

  it('keep the last ten thousand lines of a log, and no more', () => {
    const one = typed('l');
    const lines = Array.from({ length: 6000 }, (_, n) => ({ text: `line ${n}` }));
    for (let n = 0; n < 3; n++) one.tell({ kind: 'log', id: 'chat-1', lines });
    const { mode } = one.state;
    expect(mode.kind === 'log' && [mode.lines.length, mode.lines[0]]).toEqual([
      10_000,
      { text: 'line 2000' },
    ]);
  });

  it('leave a log as it is when what was typed has changed, or another is shown, before it is known whether that makes sense', async () => {
    const one = typed('l/a<enter>b');
    one.tell({ kind: 'filtered', id: 'chat-1', filter: 'a' });
    expect(one.state.mode).toMatchObject({ filter: '', typing: 'ab' });
    one.tell({ kind: 'filtered', id: 'chat-2', filter: 'ab' });
    expect(one.state.mode).toMatchObject({ filter: '', typing: 'ab' });
    expect(await wrongInFilter('/a+b/ level:warn !c around:2')).toBeUndefined();
  });

  it('open of a line of a log what the server was like then, and go back to the same line', () => {
    const all = typed('L');
    const at = Date.UTC(2026, 10, 30, 12, 3, 50);
    const lines = Array.from({ length: 60 }, (_, n) => ({ text: `line ${n}`, id: 'chat-2', at: at + n }));
    all.tell({ kind: 'log', id: '*', lines });
    all.type('<up><up><enter>');
    expect(all.state.mode).toMatchObject({ kind: 'moment', entry: { ...lines[57], id: 'chat-2' } });
    expect(all.text.join('\n')).toMatch(/ chat-2 at .*:03:50\n line 57\n\n {2}asking/);
    const { entry } = all.state.mode as Extract<Mode, { kind: 'moment' }>;
    all.tell({ kind: 'moment', entry: { ...entry }, lines: [{ text: 'of another one' }] });
    all.tell({ kind: 'moment', entry, lines: [{ text: 'loop ____#___ 212ms' }] });
    all.tell({ kind: 'log', id: '*', lines: [{ text: 'line 60' }, { text: 'line 61' }] });
    expect(all.text.join('\n')).toContain('loop ____#___ 212ms');
    expect(all.text.join('\n')).not.toContain('of another one');
    expect(all.type('<escape>').state.mode).toMatchObject({ kind: 'log', back: 4 });
    expect(all.text.filter((line) => line.includes('line ')).at(-1)).toContain('line 57');
    all.type('<end><enter>');
    expect(all.state.mode.kind).toBe('log'); // nothing tells when that was
    expect(all.text.join('\n')).toContain('nothing tells when this line was written');
  });

  it('switch the mouse, which selects the row that it points at, and opens it when it does so once more', () => {
    const screen = typed('m');
    expect(screen.effects.at(-1)).toEqual({ do: 'mouse', on: true });
    expect(screen.type('m').effects.at(-1)).toEqual({ do: 'mouse', on: false });
    const line = screen.text.findIndex((one) => one.includes('chat-3'));
    expect(rowAt(screen.state, line)?.key).toBe('chat-3');
    expect([0, line + 20].map((one) => rowAt(screen.state, one))).toEqual([undefined, undefined]);
    screen.tell({ kind: 'pointed', key: 'chat-3' });
    expect(screen.state).toMatchObject({ selected: 'chat-3', mode: { kind: 'table' } });
    screen.tell({ kind: 'pointed', key: 'chat-3' });
    expect(screen.state.mode).toMatchObject({ kind: 'detail', key: 'chat-3' });
    expect(rowAt(screen.state, line)).toBeUndefined();
  });

  it('show with a line of a stack the record that it is of, and what is said about a log whole', () => {
    const one = typed('l');
    const record = { id: 'chat-1', at: Date.UTC(2026, 10, 30, 12, 3, 50) };
    const head = 'error chat.chatHandler.look failed';
    const stack = ['Error: too slow', 'at look', 'at runFilters'].map((text) => ({
      text,
      of: head,
      ...record,
    }));
    one.tell({ kind: 'log', id: 'chat-1', lines: [{ text: head, ...record }, ...stack] });
    one.type('<enter>');
    expect(one.text.join('\n')).toContain(` ${head}\n at runFilters\n`);
    one.type('<escape>');
    const text = `(The master could not read log: ${'it makes no sense '.repeat(8)}at all)`;
    one.tell({ kind: 'log', id: 'chat-1', lines: [{ text, style: 'yellow' }] });
    expect(one.text.join(' ').replace(/\s+/g, ' ')).toContain(text);
  });

  it('are all told by the help, of which a low screen shows a part that is scrolled', () => {
    const whole = new Typed(many(3), { rows: 100 }).type('?').text;
    expect(whole.join('\n')).not.toContain('more below');
    const low = typed('?');
    expect(low.text.at(-1)).toContain('arrows pgup pgdn scroll  any other back  q quit');
    expect(low.whole).toMatch(/keys of servers, \d+ lines more below/);
    const seen = new Set(low.text);
    for (let n = 0; n < 60; n++) for (const line of low.type('<down>').text) seen.add(line);
    expect(
      whole.slice(2).filter((line) => line !== whole.at(-1) && !seen.has(line) && !line.includes('keys of')),
    ).toEqual([]);
    expect(low.whole).not.toContain('more below');
    expect(low.type('<home>').whole).toContain('more below');
    expect(low.type('x').state.mode.kind).toBe('table');
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
    expect(typed.text[2]).toBe(
      ' chat-1  1 overview 2 routes 3 rpc 4 clients 5 runtime 6 config 7 log 8 events',
    );
    const longer = new Typed([server('connector-1')]).type('<enter>');
    expect(longer.text[2]).toBe(
      ' connector-1  1overview 2routes 3rpc 4clients 5runtime 6config 7log 8events',
    );
    const counted = new Typed([server('connector-game-host-3-12')]).type('<enter>');
    expect(counted.text.slice(2, 4)).toEqual([
      ' connector-game-host-3-12 ',
      ' 1 overview 2 routes 3 rpc 4 clients 5 runtime 6 config 7 log 8 events',
    ]);
    for (const [keys, tab] of [
      ['2', 'routes'],
      ['<tab>', 'rpc'],
      ['[', 'routes'],
      ['8', 'events'],
      ['<tab>', 'overview'],
      ['9', 'overview'],
    ])
      expect([keys, typed.type(keys!).state.mode]).toMatchObject([
        keys,
        { kind: 'detail', key: 'chat-1', tab },
      ]);
    expect(typed.type('7').state.mode).toMatchObject({ kind: 'log', id: 'chat-1', ofPage: true });
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
    for (const tab of ['1', '3', '7'])
      for (const line of opened({ columns }).type(tab).text)
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
  });
});
