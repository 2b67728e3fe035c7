import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '@pomelo-ts/views';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, eventually } from '../helpers/cluster-process.js';
import { Screen, type ScreenSize } from '../helpers/screen.js';
import { ToldAdmin, toldKey } from '../helpers/told-admin.js';

/* 500 servers whose numbers change all the time, on terminals of many kinds. */

let admin: ToldAdmin;
const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-terminals-'));

/** Every tenth has a name of wide characters. */
const rowOf = (n: number, time: number): Row => {
  const id = n % 10 === 0 ? `聊天服务器-北京-${n + 1}` : `chat-${n + 1}`;
  const figures = { requests: 100 + ((n * 7919 + time * 104_729) % 900), errors: 0, p99: 0.02, cpu: 0.1 };
  return {
    key: id,
    trouble: 0,
    cells: { id, type: 'chat', host: '10.0.0.1', state: 'ready', build: '1', ...figures },
  };
};

beforeAll(async () => {
  admin = await ToldAdmin.listen(rowOf);
});
afterAll(async () => {
  await admin[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const topScreen = (size: ScreenSize = { columns: 80, rows: 24 }, variables = 'TERM=screen-256color') =>
  new Screen(
    `cd ${folder}; env -u CI LANG=C.UTF-8 ${variables} POMELO_TS_TOKEN=${toldKey} ${process.execPath} ${commandLine} top --master ${admin.url}`,
    size,
  );

describe('a terminal of a slow line', () => {
  it('is sent 8 kB a second at most while every line changes all the time, and yet what has changed', async () => {
    using screen = topScreen({ columns: 200, rows: 60 });
    await screen.shows('first 200 of 500');
    const file = join(folder, 'sent');
    screen.writeTo(file);
    const size = () => {
      try {
        return readFileSync(file).length;
      } catch {
        return 0; // nothing was sent yet
      }
    };
    await eventually(() => size() > 0, 'something to be sent');
    const [before, begun] = [size(), performance.now()];
    const largest = 20_000; // of one frame, which may begin as soon as the one before has had its time
    await eventually(
      () => size() - before > 40_000 && performance.now() - begun > 4000,
      'some seconds of it',
      30_000,
    );
    const seconds = (performance.now() - begun) / 1000;
    expect(size() - before).toBeLessThanOrEqual(8000 * seconds + largest);
    // a frame begins with the place of its first line that has changed
    const frames = readFileSync(file, 'utf8').split('\u001b[1;').length - 1;
    expect(frames).toBeLessThanOrEqual(4 * (seconds + 1));
  });
});

describe('a small terminal', () => {
  it('shows names in Chinese in columns that stand one below the other', async () => {
    using screen = topScreen();
    const shown = await screen.shows('聊天服务器-北京-1');
    const lines = shown.split('\n').filter((line) => / 10\.0\.0\.1 /.test(line));
    const wide = /[\u4e00-\u9fff]/gu;
    const placeOf = (line: string) => {
      const before = line.slice(0, line.indexOf('10.0.0.1'));
      return before.length + (before.match(wide)?.length ?? 0);
    };
    expect(lines.length).toBeGreaterThan(10);
    expect(new Set(lines.map(placeOf)).size).toBe(1);
    screen.press('End');
    await screen.shows('> chat-200');
  });

  it('copies a line by OSC 52, and sorts by growth', async () => {
    using screen = topScreen();
    await screen.shows('first 200 of 500');
    const file = join(folder, 'copied');
    screen.writeTo(file);
    screen.press('Down');
    screen.press('y');
    await screen.shows('copied chat-2 as JSON');
    const sent = await eventually(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
      () => /\u001b\]52;c;([A-Za-z0-9+/=]+)\u0007/.exec(readFileSync(file, 'latin1'))?.[1],
      'the text for the clipboard',
    );
    expect(JSON.parse(Buffer.from(sent, 'base64').toString())).toMatchObject({ id: 'chat-2', type: 'chat' });
    for (const key of ['Escape', 'S', '9']) screen.press(key);
    await screen.shows('by growth of p99');
  });

  it('greys for a viewer what only others may do, and says so', async () => {
    using screen = topScreen();
    const shown = await screen.shows('first 200 of 500');
    expect(shown).not.toContain('a act');
    screen.press('a');
    await screen.shows('the role viewer may not do what is in brackets');
    expect(screen.text()).toContain('(r restart) (s stop)');
    screen.press('r');
    await screen.shows('the role viewer may not ask for servers.restart');
  });
});

it('shows a table once on a terminal that cannot place anything (TERM=dumb)', async () => {
  using screen = topScreen({ columns: 100, rows: 30 }, 'TERM=dumb NO_COLOR=1');
  const shown = await screen.shows('exit 0');
  expect(shown).toMatch(/chat-200 +chat +10\.0\.0\.1/);
});
