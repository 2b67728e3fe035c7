import type { ServerRow } from '@pomelo-ts/master';
import { describe, expect, it } from 'vitest';
import { paintFor } from '../../src/terminal.js';
import { plainProgress } from '../../src/view/plain-progress.js';
import { serverTable } from '../../src/view/server-table.js';
import { startSummary } from '../../src/view/start-summary.js';
import { restartSteps } from '../../src/view/steps.js';
import { stopSummary } from '../../src/view/stop-summary.js';
import { showTable } from '../../src/view/table.js';
import { showBytes, showMs, showUptime } from '../../src/view/units.js';

const plain = paintFor({ colours: false });
const coloured = paintFor({ colours: true });

const row = (id: string, more: Partial<ServerRow> = {}): ServerRow => ({
  id,
  type: id.split('-')[0]!,
  state: 'ready',
  host: '127.0.0.1',
  frontend: more.clientPort !== undefined,
  pid: 7,
  restarts: 0,
  ...more,
});

describe('a table', () => {
  it('has its columns in line and leaves out empty ones', () => {
    expect(
      showTable(
        ['id', 'note', 'state'],
        [
          ['a', '', 'ready'],
          ['longer', '', 'x'],
        ],
        plain,
      ),
    ).toBe('id      state\na       ready\nlonger  x');
  });

  it('keeps its columns in line when it is painted', () => {
    const cells = [[{ text: 'a', style: 'green' } as const, 'b']];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const bare = showTable(['one', 'two'], cells, coloured).replace(/\x1b\[\d+m/g, '');
    expect(bare).toBe('one  two\na    b');
  });
});

describe('units', () => {
  it('are those that a person reads at a glance', () => {
    expect([12.4, 345, 12_345].map(showMs)).toEqual(['12 ms', '0.34 s', '12.35 s']);
    expect([20_000, 52_428_800, 3 * 1024 ** 3].map(showBytes)).toEqual(['20 KiB', '50 MiB', '3.0 GiB']);
    expect([0, 59, 60, 3725, 93_600].map(showUptime)).toEqual(['0s', '59s', '1m', '1h 2m', '1d 2h']);
  });
});

describe('the list of servers', () => {
  const stats = { connections: 12, rssBytes: 60 * 1024 ** 2, cpu: 0.123, uptime: 61, build: '1.2.0' };
  const { pid: _, ...gone } = row('chat-1', {
    port: 6050,
    state: 'failed',
    lastError: 'exit code 1: Error: the database is gone and will not come back',
    restarts: 2,
  });
  const rows = [gone, row('gate-1', { clientPort: 3014, group: 'blue', ...stats })];

  it('shows of each what there is to show', () => {
    expect(serverTable(rows, plain)).toBe(
      [
        'id      type  host       pid  group  state   build  up     clients  cpu  memory  restarts  last error',
        'chat-1  chat  127.0.0.1              failed                                      2         exit code 1: Error: the database is gone and will not come back',
        'gate-1  gate  127.0.0.1  7    blue   ready   1.2.0  1m 1s  12       12%  60 MiB',
      ].join('\n'),
    );
  });

  it('moves what is the same for all above, and the last errors below, where a terminal is narrow', () => {
    expect(serverTable(rows, plain, 100)).toBe(
      [
        'host 127.0.0.1',
        'id      type  pid  group  state   build  up     clients  cpu  memory  restarts',
        'chat-1  chat              failed                                      2',
        'gate-1  gate  7    blue   ready   1.2.0  1m 1s  12       12%  60 MiB',
        '',
        'id      last error',
        'chat-1  exit code 1: Error: the database is gone and will not come back',
      ].join('\n'),
    );
  });

  it('keeps hosts in the table where they differ', () => {
    const far = rows.map((one, n) => ({ ...one, host: `10.0.0.${n}` }));
    expect(serverTable(far, plain, 100).split('\n')[0]).toMatch(/^id +type +host +pid/);
    expect(
      Math.max(
        ...serverTable(far, plain, 100)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThan(100);
  });
});

describe('the end of a start', () => {
  const ofStart = (env: string, ...rows: ServerRow[]) =>
    startSummary(rows, { env, ms: 345 }, plain).split('0.34 s\n')[1];

  it('tells who runs, and where to open the game: the gates first', () => {
    const rows = [row('connector-1', { clientPort: 3010 }), row('gate-1', { clientPort: 3014 })];
    expect(startSummary(rows, { env: 'development', ms: 345 }, plain)).toBe(
      [
        '',
        'id           type       pid  clients at',
        'connector-1  connector  7    127.0.0.1:3010',
        'gate-1       gate       7    127.0.0.1:3014',
        '',
        '2 servers ready in 0.34 s',
        'open http://127.0.0.1:3014/',
      ].join('\n'),
    );
    expect(ofStart('development', row('chat-1'))).toBeUndefined();
  });

  it('tells the ports of further acceptors by their names', () => {
    const acceptors = [{ name: 'lines', port: 3060 }];
    const rows = [row('connector-1', { clientPort: 3010, acceptors }), row('connector-2', { acceptors })];
    const shown = startSummary(rows, { env: 'development', ms: 345 }, plain).split('\n');
    expect(shown[2]).toBe('connector-1  connector  7    127.0.0.1:3010, lines 3060');
    expect(shown[3]).toBe('connector-2  connector  7    lines 3060');
  });

  it('tells where measures and health are, where they are configured', () => {
    const summary = (opsListen: string) =>
      startSummary([row('chat-1')], { env: 'x', ms: 345, master: { opsPort: 9300, opsListen } }, plain);
    expect(summary('127.0.0.1')).toMatch(/\nmeasures and health at 127\.0\.0\.1:9300: \/metrics, \/health$/);
    expect(summary('fd00::2')).toContain('at [fd00::2]:9300:');
    expect(summary('0.0.0.0')).toContain('at port 9300 of any address of this machine:');
  });

  it('has a page to open in development alone, and at gates alone', () => {
    const gate = row('gate-1', { clientPort: 3014, clientHost: 'play.test' });
    const connectors = [1, 2, 3].map((n) => row(`connector-${n}`, { clientPort: 3010 + n }));
    expect(ofStart('development', gate)).toBe('open http://play.test:3014/');
    expect(ofStart('production', gate, ...connectors)).toBe('clients connect to play.test:3014');
    expect(ofStart('development', connectors[0]!)).toBe('clients connect to 127.0.0.1:3011');
    expect(ofStart('production', ...connectors)).toBe(
      'clients connect to 127.0.0.1:3011, or to one of 2 more',
    );
  });

  it('names an address that can be connected to when a server listens at all of them', () => {
    for (const clientHost of ['0.0.0.0', '::']) {
      const gate = row('gate-1', { clientPort: 3014, clientHost });
      expect(ofStart('development', gate)).toBe(
        'open http://127.0.0.1:3014/ (from elsewhere: port 3014 of any address of this machine)',
      );
      expect(ofStart('production', gate)).toBe('clients connect to port 3014 of any address of this machine');
    }
    expect(ofStart('development', row('gate-1', { clientPort: 3014, clientHost: '::1' }))).toBe(
      'open http://[::1]:3014/',
    );
  });

  it('shows what clients are told: a URL where there is one, an IPv6 address in brackets', () => {
    const gate = row('gate-1', { clientPort: 3014, clientUrl: 'wss://play.test/gate' });
    expect(ofStart('production', gate)).toBe('clients connect to wss://play.test/gate');
    expect(ofStart('development', gate)).toBe('open https://play.test/gate');
    const connector = row('connector-1', { host: 'fd00::2', port: 4050, clientPort: 3050 });
    const summary = startSummary([gate, connector], { env: 'production', ms: 1 }, plain);
    expect(summary).toMatch(/^gate-1 .* wss:\/\/play\.test\/gate$/m);
    expect(summary).toMatch(/^connector-1 .* \[fd00::2\]:4050 +\[fd00::2\]:3050$/m);
  });
});

describe('the end of a stop', () => {
  it('tells those that were killed from those that stopped', () => {
    const cases = [
      { total: 3, killed: 0 },
      { total: 1, killed: 0, master: true },
      { total: 3, killed: 1, master: true },
      { total: 1, killed: 1 },
      { total: 2, killed: 2, master: true },
      { total: 0, killed: 0, master: true },
      { total: 0, killed: 0 },
    ];
    expect(cases.map(stopSummary)).toEqual([
      '3 servers stopped',
      '1 server and the master stopped',
      '2 servers and the master stopped, 1 killed',
      '1 server killed',
      'the master stopped, 2 servers killed',
      'the master stopped',
      '0 servers stopped',
    ]);
  });
});

describe('progress without a person watching', () => {
  it('is a line for each step', () => {
    const lines: string[] = [];
    const { onProgress } = plainProgress({
      out: (line) => lines.push(line),
      err: () => {},
      live: false,
      colours: false,
    });
    onProgress({ kind: 'waiting', operation: 'restart of b' });
    onProgress({ kind: 'tier', doing: 'start', name: 'backends', ids: ['a', 'b'] });
    onProgress({ kind: 'server', id: 'a', state: 'starting', ms: 0 });
    onProgress({ kind: 'server', id: 'a', state: 'ready', ms: 210 });
    onProgress({ kind: 'server', id: 'b', state: 'failed', ms: 40 });
    expect(lines).toEqual([
      'waits for restart of b',
      'start backends: a, b',
      '  a ready (0.21 s)',
      '  b failed (40 ms)',
    ]);
  });
});

describe('the steps of a restart', () => {
  it('are its tiers from the inside out, those that run and those that do not', () => {
    const { pid: _, ...down } = row('chat-2', { state: 'down' });
    const steps = restartSteps([row('gate-1', { frontend: true }), row('chat-1'), down]);
    expect(steps.map(({ title, ids }) => `${title}: ${ids.join(', ')}`)).toEqual([
      'restart backends: chat-1, chat-2',
      'restart gates: gate-1',
    ]);
  });
});
