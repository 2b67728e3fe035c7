import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer as createLocalServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type Clock, isPomeloError, reasonOf, systemClock } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import type { ServerChannel } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AgentPlan, HostAgentConnection } from '../../src/hosts/host-agent-connection.js';
import { JsonLines } from '../../src/hosts/json-lines.js';
import { deadlineMs, type Listening, listening, sshServer, targetAt, userKeyText } from './hostile-ssh.js';

let directory: string;
let keyFile: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pomelo-ts-bad-ssh-'));
  keyFile = join(directory, 'id_ed25519');
  writeFileSync(keyFile, userKeyText, { mode: 0o600 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const banner = 'SSH-2.0-OpenSSH_9.2\r\n';

/** A message of SSH by which the other end tells why it leaves, before anything is encrypted. */
function goodbye(text: string): Buffer {
  const reason = Buffer.from(text);
  const payload = Buffer.alloc(13 + reason.length);
  payload[0] = 1;
  payload.writeUInt32BE(2, 1);
  payload.writeUInt32BE(reason.length, 5);
  reason.copy(payload, 9);
  const padding = 16 - ((5 + payload.length) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

const facts = {
  ...{
    node: '22.0.0',
    buildId: '1',
    platform: 'linux',
    cpus: 2,
    memoryBytes: 2 ** 30,
    freeMemoryBytes: 2 ** 29,
    load: [],
    taskset: true,
    time: 1,
    disks: [],
  },
};
const hello = `${JSON.stringify({ hello: facts })}\n`;

const planAt = (port: number, more: Partial<AgentPlan['target']> = {}): AgentPlan => ({
  target: targetAt(port, keyFile, more),
  node: undefined,
  orders: {
    root: '/srv/game',
    agent: '/srv/game/agent.js',
    oldest: [20, 19],
    settings: { name: 'game-b', root: '/srv/game', bootScript: '/srv/game/boot.js' },
  },
});

/** Time that goes by faster, for what takes many seconds. */
const hurried: Clock = {
  now: () => systemClock.now() * 50,
  after: (ms, fn) => systemClock.after(ms / 50, fn),
  every: (ms, fn) => systemClock.every(ms / 50, fn),
};

/** Lets time pass for the master: the deadline, unless so many ms are told. */
type Pass = (ms?: number) => void;

/** Has an agent begun by a master for which time passes as the server tells only, so none fails as this machine is slow. */
async function refusalOf(
  act: (pass: Pass) => Promise<Listening>,
  planFor = (port: number) => planAt(port),
): Promise<string> {
  const clock = new FakeClock();
  await using server = await act((ms = deadlineMs) => clock.pass(ms));
  const opened = HostAgentConnection.open(planFor(server.port), clock);
  const error = await opened.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isPomeloError(error), reasonOf(error)).toBe(true);
  const held = () => {
    clock.pass(deadlineMs);
    return server.sockets.size;
  };
  await expect.poll(held).toBe(0); // nobody holds the connection any more
  return reasonOf(error).replaceAll(`:${server.port}`, ':port');
}

/** An SSH server whose host agent does as told. */
const agentThat = (act: (channel: ServerChannel, socket: Socket) => void): Promise<Listening> =>
  sshServer({ onCommand: (channel, _, socket) => act(channel, socket) });

describe('an SSH port that', () => {
  /** By the first that the master says its deadline runs. */
  const hang = (socket: Socket, pass: Pass) => void socket.once('data', () => pass());
  const states: Readonly<Record<string, [(socket: Socket, pass: Pass) => void, RegExp]>> = {
    'says nothing': [hang, /nothing more came within 60000 ms before the SSH handshake/],
    'closes at once': [(socket) => socket.destroy(), /it closed the connection before the SSH handshake/],
    'resets at once': [
      (socket) => socket.resetAndDestroy(),
      /closed the connection before the SSH handshake/,
    ],
    'ends its half and keeps the other': [
      (socket) => socket.end(),
      /it closed the connection before the SSH handshake/,
    ],
    'ends after its banner': [
      (socket) => socket.end(banner),
      /it closed the connection before the SSH handshake/,
    ],
    'resets after its banner': [
      (socket) => socket.write(banner, () => socket.resetAndDestroy()),
      /closed the connection before the SSH handshake/,
    ],
    'says no more than its banner': [
      (socket, pass) => {
        socket.write(banner);
        hang(socket, pass);
      },
      /nothing more came within 60000 ms before the SSH handshake/,
    ],
    'drips its banner byte by byte': [
      (socket, pass) => {
        const drip = setInterval(() => socket.write('x', () => pass(deadlineMs / 20)), 10);
        socket.once('close', () => clearInterval(drip));
      },
      /nothing more came within 60000 ms before the SSH handshake/,
    ],
    'greets without an end': [
      (socket) => {
        const more = () => socket.write('welcome\r\n'.repeat(1000)) && setImmediate(more);
        socket.on('drain', more);
        more();
      },
      /cannot be reached/,
    ],
    'greets with one endless line': [
      (socket) => {
        const more = () => socket.write(Buffer.alloc(64 * 1024, 'x')) && setImmediate(more);
        socket.on('drain', more);
        more();
      },
      /cannot be reached/,
    ],
    'says goodbye in lines of its own': [
      (socket) =>
        socket.write(Buffer.concat([Buffer.from(banner), goodbye('\u001b[2J\nall is well'.repeat(1000))])),
      /^[^\p{Cc}]{1,700}\?\[2J\?all is well[^\p{Cc}]{1,700}$/u,
    ],
    'is no SSH server': [(socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /cannot be reached/],
    'sends noise after its banner': [
      (socket) => socket.write(Buffer.concat([Buffer.from(banner), Buffer.alloc(5000, 0xff)])),
      /cannot be reached/,
    ],
  };
  for (const [name, [act, expected]] of Object.entries(states))
    it(`${name} fails by its deadline with its host's name, and is let go`, async () => {
      const said = await refusalOf((pass) => listening((socket) => act(socket.resume(), pass)));
      expect(said).toMatch(expected);
      expect(said).toContain('game-b cannot be reached over SSH at 127.0.0.1:port');
    });
});

describe('an SSH server that', () => {
  it('never answers the sign-in is left after the deadline', async () => {
    const said = await refusalOf((pass) => sshServer({ onSignIn: () => pass() }));
    expect(said).toMatch(/nothing more came within 60000 ms while signing in/);
  });

  it('hangs up during the sign-in is left', async () => {
    const said = await refusalOf(async () => {
      const server = await sshServer({ onSignIn: () => [...server.sockets][0]!.destroy() });
      return server;
    });
    expect(said).toMatch(/it closed the connection while signing in/);
  });

  it('is waited for in vain as the local SSH agent hangs is left, and so is the agent', async () => {
    const agentSockets = new Set<Socket>();
    let pass: Pass = () => {};
    const agent = createLocalServer((socket) => {
      agentSockets.add(socket.on('error', () => {}));
      socket.once('data', () => pass()).once('close', () => agentSockets.delete(socket));
    });
    const path = join(directory, 'agent');
    await new Promise<void>((resolve) => agent.listen(path, resolve));
    const server = (passing: Pass) => {
      pass = passing;
      return sshServer({
        onSignIn: (context) => (context.method === 'publickey' ? context.accept() : context.reject()),
      });
    };
    const said = await refusalOf(server, (port) => planAt(port, { identityFiles: [], agent: path }));
    expect(said).toContain('while signing in');
    await expect.poll(() => agentSockets.size).toBe(0);
    await new Promise((resolve) => agent.close(resolve));
  });

  it('opens no session, or begins no command, is left after the deadline', async () => {
    const noSession = (pass: Pass) => sshServer({ onSession: () => pass() });
    const noCommand = (pass: Pass) =>
      sshServer({ onSession: (accept) => void accept().on('exec', () => pass()) });
    for (const behaviour of [noSession, noCommand])
      expect(await refusalOf(behaviour)).toMatch(
        /game-b could not be made ready: it lets the master in, but begins nothing within 60000 ms/,
      );
  });

  it('does not lead on to the next host is left after the deadline, or when it says so', async () => {
    const way = (port: number) => planAt(1, { jumps: [targetAt(port, keyFile)] });
    const wanted = 'game-b cannot be reached over SSH at 127.0.0.1:1: ';
    expect(await refusalOf((pass) => sshServer({ onForward: () => pass() }), way)).toContain(
      `${wanted}it lets the master in, but does not lead on within 60000 ms`,
    );
    expect(await refusalOf(() => sshServer({}), way)).toContain(`${wanted}(SSH) `);
  });
});

describe('a host agent that', () => {
  type Act = (channel: ServerChannel, socket: Socket, pass: Pass) => void;
  const states: Readonly<Record<string, [Act, RegExp]>> = {
    'says nothing': [
      (channel, _, pass) => channel.once('data', () => pass()),
      /nothing there has answered within 60000 ms/,
    ],
    'ends at once': [
      (channel) => {
        channel.exit(1);
        channel.close();
      },
      /its host agent has ended/,
    ],
    'has its connection reset': [(_, socket) => socket.resetAndDestroy(), /could not be made ready/],
    'says hello wrongly': [(channel) => channel.write('{"hello":null}\n'), /no hello of a host agent/],
    'names what is missing by what has no text': [
      (channel) => channel.write('{"missing":"node","got":{"toString":1,"valueOf":1}}\n'),
      /game-b could not be made ready: what it says first is no hello of a host agent/,
    ],
    'names what cannot be missing': [
      (channel) => channel.write('{"missing":{"a":1},"got":"x"}\n'),
      /no hello of a host agent/,
    ],
    'names a folder that nobody has asked for': [
      (channel) => channel.write('{"missing":"directory","got":"/tmp/\\u001b]0;x\\u0007\\nall is well"}\n'),
      /^game-b has no folder \/srv\/game: /,
    ],
    'says of its node what is no version': [
      (channel) => channel.write('{"missing":"node","got":"x"}\n'),
      /^game-b has no node: /,
    ],
    'says hello as deep as nothing is': [
      (channel) => channel.write(`{"hello":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`),
      /no hello of a host agent/,
    ],
    'writes lines that a terminal would obey': [
      (channel) => channel.stderr.write(`${'\u001b[2J\nall is well\n'.repeat(1000)}`, () => channel.close()),
      /^game-b could not be made ready: [^\p{Cc}]{1,2100}$/u,
    ],
    'greets without an end': [
      (channel) => {
        const more = () => channel.writable && channel.write(`${'x'.repeat(30_000)}\n`) && setImmediate(more);
        channel.on('drain', more);
        more();
      },
      /it writes what no host agent writes, without an end/,
    ],
  };
  for (const [name, [act, expected]] of Object.entries(states))
    it(`${name} fails by its deadline, and its connection is let go`, async () => {
      const server = (pass: Pass) => agentThat((channel, socket) => act(channel, socket, pass));
      expect(await refusalOf(server)).toMatch(expected);
    });

  it('has its connection reset after its hello is lost, and whoever waits is told', async () => {
    await using server = await agentThat((channel, socket) => {
      channel.write(hello);
      channel.once('data', () => channel.once('data', () => socket.resetAndDestroy()));
    });
    const agent = await HostAgentConnection.open(planAt(server.port), systemClock);
    await expect(agent.request('left')).rejects.toThrow();
    await agent.lost;
    await expect(agent.request('left')).rejects.toThrow();
  });

  it('closes its half after its hello is lost, and the other half is let go', async () => {
    await using server = await agentThat((channel, socket) => {
      channel.write(hello, () => socket.end());
    });
    const agent = await HostAgentConnection.open(planAt(server.port), systemClock);
    await agent.lost;
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  it('says hello and ends in one breath is lost, not waited for', async () => {
    await using server = await agentThat((channel) => {
      channel.write(hello);
      channel.exit(0);
      channel.end();
    });
    const agent = await HostAgentConnection.open(planAt(server.port), systemClock);
    expect(await agent.lost).toContain('its host agent has ended');
  });

  it('answers no sign of life while its SSH server does is given up', async () => {
    await using server = await agentThat((channel) => channel.write(hello));
    const agent = await HostAgentConnection.open(
      planAt(server.port, { connectTimeoutMs: 50 * deadlineMs }),
      hurried,
    );
    const asked = agent.request('ended', {});
    expect(await agent.lost).toBe('nothing came of its host agent for 20 s');
    await expect(asked).rejects.toThrow('nothing came of its host agent');
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  const wrong: Readonly<Record<string, object>> = {
    'an end without an exit': { result: {} },
    'an error that is none': { error: null },
    'an error of a code that there is not': { error: { message: 'no', code: 'constructor', facts: {} } },
    nothing: {},
  };
  for (const [name, answer] of Object.entries(wrong))
    it(`answers ${name} costs its own connection at most`, async () => {
      await using server = await agentThat((channel) => {
        channel.write(hello);
        let text = '';
        channel.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const n = /\{"n":(\d+),"method":"ended"/.exec(text)?.[1];
          if (n !== undefined) channel.write(`${JSON.stringify({ n: Number(n), ...answer })}\n`);
          if (n !== undefined) text = '';
        });
      });
      const agent = await HostAgentConnection.open(planAt(server.port), systemClock);
      await expect(agent.request('ended', {})).rejects.toThrow();
      agent.close();
      await expect.poll(() => server.sockets.size).toBe(0);
    });

  it('tells without an end what nobody has asked is given up', async () => {
    await using server = await agentThat((channel) => {
      channel.write(hello);
      const stray = '{"n":77,"result":1}\n'.repeat(500);
      channel.on('data', (chunk: Buffer) => chunk.includes('"left"') && channel.write(stray));
    });
    const agent = await HostAgentConnection.open(planAt(server.port), systemClock);
    await expect(agent.request('left')).rejects.toThrow('nobody has asked');
    expect(await agent.lost).toBe('it answers what nobody has asked');
  });
});

describe('lines of JSON', () => {
  it('end when the other end reads nothing, which is told once', () => {
    const output = new PassThrough();
    const unread = vi.fn();
    const lines = new JsonLines(new PassThrough(), output, () => {}, undefined, unread);
    for (let n = 0; n < 100; n++) lines.send({ text: 'x'.repeat(1024 * 1024) });
    expect(unread).toHaveBeenCalledExactlyOnceWith('it does not read what it is sent');
    expect(output.writableLength + output.readableLength).toBeLessThan(36 * 1024 * 1024);
  });

  it('end when who takes their messages fails at one, which is told once', async () => {
    const input = new PassThrough();
    const broken = vi.fn();
    const taken: unknown[] = [];
    const take = (message: Readonly<Record<string, unknown>>) => {
      taken.push(message['n']);
      `${message['text'] as string}`;
    };
    new JsonLines(input, new PassThrough(), take, undefined, broken);
    input.write('{"n":1,"text":"fine"}\n{"n":2,"text":{"toString":1,"valueOf":1}}\n{"n":3}\n');
    await vi.waitFor(() => expect(broken).toHaveBeenCalled());
    input.write('{"n":4}\n');
    expect(broken).toHaveBeenCalledExactlyOnceWith(
      'what it says cannot be taken: Cannot convert object to primitive value',
    );
    expect(taken).toEqual([1, 2]);
  });
});
