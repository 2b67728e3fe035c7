import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RemoteMaster } from '../../src/remote-master.js';

/* Whoever answers may be anybody: a mistyped address, a proxy's own page, or somebody who means harm. */

const key = `pt_0123456789ab_${'k'.repeat(43)}`;
const ends: (() => void)[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0)) end();
});

/** A master that is asked where `answer` answers. */
async function asked(
  answer: (response: ServerResponse, path: string) => void,
  waits = { silentMs: 10_000, lookMs: 60_000 },
): Promise<RemoteMaster> {
  const server = createServer((request, response) => answer(response, request.url!)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  vi.stubEnv('POMELO_TS_TOKEN', key);
  const { port } = server.address() as AddressInfo;
  const master = new RemoteMaster({ url: `http://127.0.0.1:${port}` }, waits);
  ends.push(() => {
    master.close();
    server.closeAllConnections();
    server.close();
  });
  return master;
}

/** Writes `text` again and again, for as long as somebody reads. */
function withoutEnd(response: ServerResponse, text: string): void {
  const go = () => {
    while (!response.destroyed && response.write(text));
    response.once('drain', go);
  };
  go();
}

const list = (master: RemoteMaster) => master.operate('servers.list', {});
const megabyte = 'x'.repeat(1024 * 1024);

describe('a master elsewhere', () => {
  it.each([
    ['a session', 200, (master: RemoteMaster) => master.session()],
    ['an error', 500, list],
    ['a line', 200, list],
  ])('is given up when %s has no end', async (_, status, ask) => {
    const master = await asked((response) => {
      response.writeHead(status);
      withoutEnd(response, megabyte);
    });
    await expect(ask(master)).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: expect.stringContaining('characters'),
    });
  });

  it.each([
    ['null', 'whoever answers there is no admin'],
    ['<html>', 'whoever answers there is no admin'],
    ['{"error": 7}', 'whoever answers there is no admin'],
    ['{"answer": 7}', 'what it answers to servers.list is none of its answers'],
    ['{"answer": [{"id": 1}]}', 'what it answers to servers.list is none of its answers (0.id)'],
    ['{"progress": {"kind": "flood"}}', 'what it answers to servers.list is none of its answers'],
    ['', 'the answer ended before its end'],
  ])('is told to be none when it answers %s', async (text, said) => {
    const master = await asked((response) => response.end(text));
    await expect(list(master)).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: expect.stringContaining(said),
    });
  });

  it.each(['null', '{"session": null}', '{"session": {"env": 7}}', 'pt_'])(
    'is none when its session is %s',
    async (text) => {
      const master = await asked((response) => response.end(text));
      await expect(master.session()).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    },
  );

  it.each([
    ['says nothing', () => {}],
    ['says no more', (response: ServerResponse) => response.write('{')],
  ])('is given up when it %s: of what only looks, and of its session', async (_, answer) => {
    const master = await asked(answer, { silentMs: 100, lookMs: 100 });
    for (const ask of [master.session(), list(master)])
      await expect(ask).rejects.toMatchObject({
        code: 'REMOTE_UNREACHABLE',
        message: expect.stringMatching(/it has (said|told) nothing for 0.1 s/),
      });
  });

  it.each([
    ['says nothing', () => {}],
    [
      'says no more',
      (response: ServerResponse) => response.writeHead(200, { 'x-alive-seconds': '3' }).write('\n'),
    ],
  ])('is given up when it %s to what changes something, which may go on there', async (_, answer) => {
    const master = await asked(answer, { silentMs: 100, lookMs: 60_000 });
    const reason = 'it has said nothing for 0.1 s; what it was asked for may go on there';
    await expect(master.operate('servers.restart', { ids: ['chat-1'] })).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: expect.stringContaining(reason),
    });
  });

  it('is waited for as long as it shows that it goes on, by whoever has something changed', async () => {
    const master = await asked(
      (response) => {
        response.writeHead(200, { 'x-alive-seconds': '3' });
        let beats = 0;
        const beat = setInterval(() => {
          beats += 1;
          if (beats < 12) return response.write('\n');
          clearInterval(beat);
          return response.end('{"answer": {"restarted": ["chat-1"]}}\n');
        }, 50);
      },
      { silentMs: 300, lookMs: 100 },
    );
    expect(await master.operate('servers.restart', { ids: ['chat-1'] })).toEqual({ restarted: ['chat-1'] });
  });

  it('is given up when it shows that it goes on and tells nothing, by whoever only looks', async () => {
    const master = await asked(
      (response) => {
        response.writeHead(200, { 'x-alive-seconds': '3' });
        const beat = setInterval(() => response.write('\n'), 20);
        response.once('close', () => clearInterval(beat));
      },
      { silentMs: 2000, lookMs: 200 },
    );
    await expect(list(master)).rejects.toThrow('it has told nothing for 0.2 s');
  });

  it('of a former build is waited for as long as a change takes', async () => {
    const master = await asked(
      (response) => {
        response.writeHead(200).flushHeaders();
        setTimeout(() => response.end('{"answer": {"restarted": ["chat-1"]}}\n'), 400);
      },
      { silentMs: 100, lookMs: 100 },
    );
    expect(await master.operate('servers.restart', { ids: ['chat-1'] })).toEqual({ restarted: ['chat-1'] });
  });

  it('may tell more than this build knows', async () => {
    const leader = { leads: true, env: 'production', more: { than: 'is known' } };
    const master = await asked((response) => response.end(JSON.stringify({ answer: leader })));
    expect(await master.operate('leader.read', {})).toEqual(leader);
  });

  it('does not have the key repeated by who has heard it', async () => {
    const error = { code: 'NO', message: `you said ${key}` };
    const master = await asked((response) => response.writeHead(401).end(JSON.stringify({ error })));
    await expect(list(master)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('you said the key'),
    });
  });

  it.each([
    ['/nope/key', '/nope/key cannot be read (ENOENT)'],
    ['/dev/zero', '/dev/zero holds none'],
    ['/dev/null', '/dev/null is empty'],
    ['/', '/ cannot be read (EISDIR)'],
  ])(
    'is not asked with a key of %s, which has none, and of which no more is read than a key has',
    (tokenFile, said) => {
      expect(() => new RemoteMaster({ url: 'http://127.0.0.1:1', tokenFile })).toThrow(
        expect.objectContaining({ code: 'REMOTE_KEY_MISSING', message: expect.stringContaining(said) }),
      );
    },
  );

  it('tells what was not carried out by the name that it has, and the sign-in', async () => {
    const error = { code: 'NO', message: 'not now' };
    const master = await asked((response) => response.writeHead(409).end(JSON.stringify({ error })));
    await expect(master.operate('servers.loglevel', { level: 'info' })).rejects.toThrow(
      'The master did not carry out servers.loglevel: not now',
    );
    await expect(master.session()).rejects.toThrow('The master did not carry out sign-in: not now');
  });

  it.each([`${key}\n# the key of my laptop`, 'password', `${key} `.repeat(2)])(
    'is not asked with what is no key, which is not shown: %j',
    (token) => {
      vi.stubEnv('POMELO_TS_TOKEN', token);
      const make = () => new RemoteMaster({ url: 'http://127.0.0.1:1' });
      expect(make).toThrow('POMELO_TS_TOKEN holds none');
      expect(make).not.toThrow(token.slice(0, 8));
    },
  );
});
