import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { account } from '../../src/commands/account.js';
import { approve, refuse } from '../../src/commands/approvals.js';
import { changeBlacklist } from '../../src/commands/blacklist.js';
import { key } from '../../src/commands/key.js';
import { logs } from '../../src/commands/logs.js';
import { ProfileFile } from '../../src/commands/profile/profile-file.js';
import { profile } from '../../src/commands/profile.js';
import type { Terminal } from '../../src/terminal.js';

/* What is brought from a master elsewhere may have no end, or be nothing of what was asked for. */

const ends: (() => void)[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-lying-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0)) end();
  rmSync(folder, { recursive: true });
});

type Lie = (response: ServerResponse, asked: { readonly path: string; readonly args: unknown }) => void;

/** The address of a master whose session is as it should be, and the rest as `lie` has it. */
async function masterThat(lie: Lie): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url!;
    if (path.endsWith('/session')) return void response.end('{"session":{"env":"production"}}');
    lie(response, { path, args: body === '' ? undefined : JSON.parse(body) });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  vi.stubEnv('POMELO_TS_TOKEN', `pt_0123456789ab_${'k'.repeat(43)}`);
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const line = (told: object) => `${JSON.stringify(told)}\n`;
const partOf = (text: string) =>
  line({ progress: { kind: 'part', base64: Buffer.from(text).toString('base64') } });

/** Tells a part again and again. */
function withoutEnd(response: ServerResponse, text: string): void {
  const go = () => {
    while (!response.destroyed && response.write(text));
    response.once('drain', go);
  };
  go();
}

function shown() {
  const told: string[] = [];
  const tell = (text: string) => void told.push(text);
  return { told, terminal: { out: tell, err: tell, live: false, colours: false } };
}

const looked = { id: 'chat-1', directory: '.', env: undefined, verbose: false, force: false } as const;

describe('a profile that a master elsewhere tells', () => {
  const take = (master: string, more: object = {}) => {
    const { terminal, told } = shown();
    const output = join(folder, 'p');
    const options = { ...looked, cpu: '1s', heap: false, output, master, ...more };
    return { done: profile(options as Parameters<typeof profile>[0], terminal), told };
  };

  it('is given up, and its file taken away, when it has no end', async () => {
    const master = await masterThat((response) => withoutEnd(response, partOf('x'.repeat(1024 ** 2))));
    await expect(take(master).done).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('it tells more than the 64 MiB of any'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['parts of nothing', partOf(''), 'a part without a byte'],
    [
      'fewer bytes than it says',
      partOf('{}') + line({ answer: { bytes: 9 } }),
      'it tells 2 bytes and says that they are 9',
    ],
    ['none of those that it says', line({ answer: { bytes: 9 } }), 'it tells 0 bytes'],
  ])('is given up when the master tells %s', async (_, text, said) => {
    const master = await masterThat((response) => response.end(text));
    await expect(take(master, { heap: true }).done).rejects.toThrow(said);
    expect(existsSync(join(folder, 'p'))).toBe(false);
  });

  it('is told to be none when it is another file', async () => {
    const master = await masterThat((response) =>
      response.end(partOf('{}') + line({ answer: { bytes: 2 } })),
    );
    const { done, told } = take(master);
    expect(await done).toBe(1);
    expect(told.join('\n')).toContain('what came is no profile of a CPU');
    expect(statSync(join(folder, 'p')).size).toBe(2);
  });

  it('fails by what the disk says, not by what the master is blamed for', async () => {
    const master = await masterThat((response) =>
      response.end(partOf('{}') + line({ answer: { bytes: 2 } })),
    );
    writeFileSync(join(folder, 'file'), '');
    await expect(take(master, { output: join(folder, 'file/p') }).done).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });

  it('may have as many bytes as there may be, and not one more', () => {
    const file = new ProfileFile(join(folder, 'q'), { kind: 'heap', replaces: false, most: 4 });
    const base64 = Buffer.from('ab').toString('base64');
    file.write({ base64 });
    file.write({ base64 });
    expect(() => file.write({ base64 })).toThrow('no profile');
    file.drop();
  });
});

describe('what a command prints with --json', () => {
  const told = { id: 'k1', key: 'pt_x' };
  const row = { id: 'x', verb: 'servers.stop', by: 'ann', args: {}, asked: 1, until: 2 };
  const heard = { networks: ['192.0.2.7'], told: [], silent: [] };
  const network = { networks: ['192.0.2.7'], reason: undefined, for: undefined, force: false };
  const rows = [
    ['key create', key, { act: 'create', name: 'ci', role: 'viewer', days: undefined, rate: 1 }, told, told],
    ['key revoke', key, { act: 'revoke', id: 'k1' }, null, { id: 'k1' }],
    ['account remove', account, { act: 'remove', name: 'ann' }, null, { name: 'ann' }],
    ['approvals approve', approve, { id: 'x' }, row, row],
    ['approvals refuse', refuse, { id: 'x' }, row, row],
    ['blacklist add', changeBlacklist, { act: 'add', ...network }, heard, heard],
    ['blacklist remove', changeBlacklist, { act: 'remove', ...network }, heard, heard],
  ] as const;

  it.each(rows)('is JSON: %s', async (_, command, options, answer, printed) => {
    const master = await masterThat((response) => response.end(line({ answer })));
    const out: string[] = [];
    const terminal = { ...shown().terminal, out: (text: string) => void out.push(text) };
    await (command as (options: object, terminal: Terminal) => Promise<number>)(
      { ...looked, ...options, master, json: true },
      terminal,
    );
    expect(JSON.parse(out.join('\n'))).toEqual(printed);
  });
});

describe('a log that a master elsewhere tells', () => {
  const read = async (master: string, more: object = {}) => {
    const { terminal, told } = shown();
    const options = { ...looked, ids: ['chat-1'], follow: false, lines: 5, raw: true, master, ...more };
    const code = await logs(options as unknown as Parameters<typeof logs>[0], terminal);
    return { code, told: told.join('\n') };
  };
  const answer = (lines: readonly string[], offset: number) =>
    line({ answer: { lines, next: { offset, before: '' }, more: true } });

  it('is given up when it has no end', async () => {
    let offset = 0;
    const master = await masterThat((response) => {
      offset += 1;
      response.end(answer(['x'.repeat(1024 ** 2)], offset));
    });
    const { code, told } = await read(master);
    expect([code, told]).toEqual([1, expect.stringContaining('log of chat-1 has no end')]);
  });

  it.each([
    ['goes on for ever and tells nothing', [''], 1, 'there is more, and nothing of it'],
    ['tells more at once than any log has', ['x'.repeat(5 * 1024 ** 2)], 1, 'characters at once'],
  ])('is given up when it %s', async (_, lines, offset, said) => {
    const master = await masterThat((response) => response.end(answer(lines, offset)));
    const { code, told } = await read(master);
    expect([code, told]).toEqual([1, expect.stringContaining(said)]);
  });

  it('has its lines once, however often it is asked for; and with -n 0 nothing is said of what was not asked for', async () => {
    const next = { offset: 1, before: '' };
    const master = await masterThat((response, { args }) => {
      const { lines } = (args as { readonly request: { readonly lines: number } }).request;
      response.end(line({ answer: { lines: ['hello'].slice(0, lines), next, more: false } }));
    });
    expect(await read(master, { ids: ['chat-1', 'chat-1'] })).toEqual({ code: 0, told: 'hello' });
    expect(await read(master, { lines: 0 })).toEqual({ code: 0, told: '' });
  });
});
