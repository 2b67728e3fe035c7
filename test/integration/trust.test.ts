import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { ClusterKeys, connectOperator, dialSecure, type OperatorClient } from '@pomelo-ts/cluster';
import { ServerKeyring } from '@pomelo-ts/cluster/internal';
import { FrameSplitter, frame, prove } from '@pomelo-ts/common/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Certificates } from '../helpers/certificates.js';
import { eventually, RunningCommand, repositoryRoot } from '../helpers/cluster-process.js';
import { Middle } from '../helpers/middle.js';
import { RawClient } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

/* Who may do what to a cluster of real processes: strangers, whoever stands between two programs, and a server that was taken over. */

const handler = 'export default () => ({ echo: (msg) => msg });';

let game: TemporaryGame;
let secret: string;

const command = (...args: string[]) =>
  new RunningCommand([...args, '-d', game.root, '-e', 'production'], {}).ended;

async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await command(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

interface Row {
  readonly id: string;
  readonly pid: number;
  readonly state: string;
  readonly restarts: number;
}

async function rows(): Promise<readonly Row[]> {
  return JSON.parse(await succeed('list', '--json'));
}

const pidOf = async (id: string) => (await rows()).find((row) => row.id === id)!.pid;

function writeSecret(name: 'secret' | 'previous-secret', text: string): void {
  const path = join(game.root, '.pomelo-ts', name);
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
}

const residentKb = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

beforeAll(async () => {
  game = await TemporaryGame.make({
    servers: {
      connector: ['connector-1', 'connector-2'].map((id) => ({ id, frontend: true })),
      chat: ['chat-1', 'chat-2'].map((id) => ({ id })),
    },
    app: 'export default { setUp() {} };',
    handlers: { connector: { handler }, chat: { handler } },
  });
  secret = randomBytes(32).toString('hex');
  mkdirSync(join(game.root, '.pomelo-ts'), { recursive: true, mode: 0o700 });
  writeSecret('secret', secret);
  await succeed('start', '-D');
});
afterAll(async () => {
  await command('stop');
  game?.[Symbol.dispose]();
});

describe('a stranger', () => {
  it.each([
    ['the port for calls, with a welcome that only a listener may say', 'chat-1'],
    ['the port for calls, with nothing before', 'chat-2'],
    ['the port of the master', 'master'],
  ])('costs next to nothing at %s, however much is sent', async (_, id) => {
    const port =
      id === 'master'
        ? game.config.master.port
        : game.config.servers.find((server) => server.id === id)!.port!;
    const pid =
      id === 'master'
        ? Number(readFileSync(join(game.root, '.pomelo-ts/master.pid'), 'utf8'))
        : await pidOf(id);
    const before = residentKb(pid);
    const large = frame(Buffer.alloc(4 * 1024 * 1024, 7));
    let sent = 0;
    for (let round = 0; round < 20; round++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      const ended = new Promise((resolve) => socket.once('close', resolve));
      if (id === 'chat-1') socket.write(frame(Buffer.from('\u0001{"welcome":true}', 'latin1')));
      const more = (): void => {
        for (let n = 0; n < 4 && !socket.destroyed; n++) sent += large.length;
        if (!socket.destroyed) for (let n = 0; n < 4; n++) socket.write(large);
      };
      socket.on('drain', more).resume();
      more();
      await ended;
    }
    expect(sent).toBeGreaterThan(200e6);
    expect(residentKb(pid) - before).toBeLessThan(20_000);
  });
});

describe('the row of the master', () => {
  it('counts those who proved nothing apart from servers that were refused', async () => {
    const keys = await ClusterKeys.of({ secret });
    const own = new ServerKeyring(keys.ofServer('chat-9')).link(); // the topology has none
    const stream = await dialSecure({ host: '127.0.0.1', port: game.config.master.port }, own);
    stream.write(frame(Buffer.from('{"t":"hello","v":3,"role":"server","id":"chat-9","bootId":"b"}')));
    await once(stream.resume(), 'close');
    const list = JSON.parse(await succeed('list', '--json', '--with-master')) as {
      readonly id: string;
      readonly counters: Readonly<Record<string, number>>;
    }[];
    const { counters } = list.find(({ id }) => id === 'master')!;
    expect(counters['link.refusals']).toBe(1);
    expect(counters['link.unproved']).toBeGreaterThanOrEqual(20);
  });
});

describe('somebody between an operator and the master', () => {
  it('reads nothing of what is said, and can add no order', async () => {
    const { master } = game.config;
    await using middle = await Middle.before(master.port);
    const keys = await ClusterKeys.of({ secret });
    const operator = await connectOperator({
      dial: () => dialSecure({ host: '127.0.0.1', port: middle.port }, keys.operator),
    });
    const list = (await operator.operate('servers.list', {})) as readonly Row[];
    expect(list.map(({ id }) => id)).toContain('chat-1');
    const seen = Buffer.concat(middle.seen).toString('latin1');
    for (const word of ['chat-1', 'servers.list', 'request', 'welcome', secret])
      expect(seen).not.toContain(word);
    const order = {
      t: 'request',
      n: 2,
      verb: 'servers.add',
      args: {
        servers: [
          { serverType: 'chat', id: 'chat-9', host: '127.0.0.1', port: 1, args: ['--import', 'data:,'] },
        ],
      },
    };
    await middle.inject(frame(Buffer.from(JSON.stringify(order))));
    await expect(operator.operate('servers.list', {})).rejects.toMatchObject({ code: 'LINK_LOST' });
    expect((await rows()).map(({ id }) => id)).not.toContain('chat-9');
  });
});

describe('somebody who answers in place of the master', () => {
  it('is not believed for a certificate, be it signed by an authority that this machine trusts', async () => {
    using certificates = new Certificates();
    const read = (file: string) => readFileSync(file, 'utf8');
    const { cert, key } = certificates.member;
    const heard: string[] = [];
    const server = createTlsServer({ cert: read(cert), key: read(key) }, (stream) =>
      stream.on('error', () => {}).on('data', (chunk) => heard.push(String(chunk))),
    ).on('tlsClientError', () => {});
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const dial = async (script: string) => {
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificates.ca };
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        cwd: repositoryRoot,
        env,
      });
      let said = '';
      child.stdout.on('data', (chunk) => (said += chunk));
      await once(child, 'close');
      return said.trim();
    };
    const trusting = `import { connect } from 'node:tls';
      const stream = connect({ host: '127.0.0.1', port: ${port} }, () => { console.log('trusted'); stream.end(); });`;
    expect(await dial(trusting)).toBe('trusted'); // what shows that the authority is one
    const ours = `import { dialSecure } from '@pomelo-ts/cluster';
      const key = { name: 'operator:0123456789ab', key: Buffer.alloc(32, 1) };
      const dialed = dialSecure({ host: '127.0.0.1', port: ${port} }, [key]);
      dialed.then((stream) => stream.end('an order'), () => {});
      dialed.then(() => console.log('deceived'), (error) => console.log(error.code ?? error.message));`;
    expect(await dial(ours)).toBe('PROOF_WRONG');
    expect(heard).toEqual([]);
    server.close();
  });
});

describe('a server that was taken over', () => {
  it('has in its memory neither the secret nor a key of operators, nor that of another server', async () => {
    const keys = await ClusterKeys.of({ secret });
    const [own] = keys.ofServer('chat-1').link;
    const withheld: Record<string, Buffer> = {
      secret: Buffer.from(secret),
      'secret, as bytes': Buffer.from(secret, 'hex'),
      root: Buffer.from(keys.roots[0]!, 'hex'),
      'root, as text': Buffer.from(keys.roots[0]!),
      'key of operators': keys.operator[0]!.key,
      'key of operators, as text': Buffer.from(keys.operator[0]!.key.toString('hex')),
      'key of the store': keys.store[0]!.key,
      'key of another server, as text': Buffer.from(keys.ofServer('chat-2').link[0]!.key),
    };
    const found = inMemoryOf(await pidOf('chat-1'), { ...withheld, own: Buffer.from(own!.key) });
    expect(found).toEqual(['own']); // what shows that this finds what is there
  });

  it.each([
    ['asks for the registry', { t: 'resync' }],
    ['pings', { t: 'ping' }],
    ['asks questions', { t: 'ask', n: 1, command: 'x'.repeat(200), args: {} }],
  ])('costs the master next to nothing when it %s without an end and reads no answer', async (_, message) => {
    const master = Number(readFileSync(join(game.root, '.pomelo-ts/master.pid'), 'utf8'));
    await using taken = await TakenOver.server('chat-1');
    const before = residentKb(master);
    taken.link.pause();
    const most = await flood(taken.link, frame(Buffer.from(JSON.stringify(message))), () =>
      residentKb(master),
    );
    expect(most - before).toBeLessThan(80_000);
  });

  it.each([
    ['pings', Buffer.from([9])],
    [
      'calls',
      Buffer.concat([Buffer.from([2, 0, 0, 0, 5, 0, 40]), Buffer.alloc(40, 'x'), Buffer.from([0x90])]),
    ],
  ])(
    'costs another server no more than a bound when it %s without an end and reads no answer',
    async (_, body) => {
      await using taken = await TakenOver.server('chat-1');
      const call = await taken.dial('connector-1');
      const pid = await pidOf('connector-1');
      const before = residentKb(pid);
      call.pause();
      const most = await flood(call, frame(body), () => residentKb(pid));
      expect(most - before).toBeLessThan(200_000); // most of it is `rpc.maxQueueBytes`
      expect((await rows()).find(({ id }) => id === 'connector-1')).toMatchObject({ pid, state: 'ready' });
    },
  );

  it('cannot give orders with its key, nor take the place of another server', async () => {
    const keys = await ClusterKeys.of({ secret });
    const own = new ServerKeyring(keys.ofServer('chat-1')).link();
    const address = { host: '127.0.0.1', port: game.config.master.port };
    const asOperator = connectOperator({ dial: () => dialSecure(address, own) });
    await expect(asOperator).rejects.toMatchObject({ code: 'LINK_LOST' });
    expect((await rows()).every(({ state }) => state === 'ready')).toBe(true);
  });
});

describe('the secret of a running cluster', () => {
  let clients: RawClient[] = [];
  const ports = () => game.config.servers.flatMap(({ clientPort }) => clientPort ?? []);
  const allEcho = async () => {
    for (const client of clients)
      expect(await client.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
  };
  beforeAll(async () => {
    for (let n = 0; n < 10; n++) clients.push(await RawClient.join(ports()[n % 2]!));
    // The server that was taken over before is back in its place, and connected again.
    await eventually(async () => {
      const echoes = clients.map((client) => client.request('chat.handler.echo', { n: 1 }));
      const answers = await Promise.all(echoes);
      const all = await rows();
      return (
        all.every(({ state }) => state === 'ready') &&
        answers.every((answer) => JSON.stringify(answer) === '{"n":1}')
      );
    }, 'all ready, and echoes of both');
  });
  afterAll(async () => {
    for (const client of clients) await client[Symbol.asyncDispose]();
    clients = [];
  });

  it('is not replaced by one that nobody could be told', async () => {
    writeSecret('secret', randomBytes(32).toString('hex'));
    const { code, stderr } = await command('secret', 'reload');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/has another secret than this command/);
    writeSecret('secret', secret);
    expect(await succeed('secret', 'reload')).toContain('one secret is taken from now on');
  });

  it('is replaced without an end of a process or a connection', async () => {
    const before = (await rows()).map(({ id, pid }) => [id, pid]);
    const [old, fresh] = [secret, randomBytes(32).toString('hex')];
    writeSecret('previous-secret', old);
    writeSecret('secret', fresh);
    expect(await succeed('secret', 'reload')).toContain(
      'two secrets are taken from now on: the new one, and the one before it\n4 servers told; no connection was cut\nnext: the same on every other host',
    );
    secret = fresh;
    await allEcho();
    // One that is started now meets those that have been there before.
    await succeed('restart', 'chat-2');
    await eventually(async () => (await rows()).every(({ state }) => state === 'ready'), 'all ready');
    await allEcho();
    rmSync(join(game.root, '.pomelo-ts', 'previous-secret'));
    expect(await succeed('secret', 'reload')).toContain('one secret is taken from now on');
    await allEcho();
    await succeed('restart', 'chat-1');
    await eventually(async () => (await rows()).every(({ state }) => state === 'ready'), 'all ready');
    await allEcho();
    const after = (await rows()).map(({ id, pid }) => [id, pid]);
    expect(after.filter(([id]) => String(id).startsWith('connector'))).toEqual(
      before.filter(([id]) => String(id).startsWith('connector')),
    );
    expect(clients.every(({ closeCode }) => closeCode === undefined)).toBe(true);
    const former = await ClusterKeys.of({ secret: old });
    const dial = (): Promise<OperatorClient> =>
      connectOperator({
        dial: () => dialSecure({ host: '127.0.0.1', port: game.config.master.port }, former.operator),
      });
    await expect(dial()).rejects.toMatchObject({ code: 'PROOF_WRONG' });
  });
});

/** Sends the same again and again for six seconds, or until it is ended; gives the most that `measure` has given. */
async function flood(stream: Duplex, bytes: Buffer, measure: () => number): Promise<number> {
  const chunk = Buffer.concat(Array(Math.ceil(200_000 / bytes.length)).fill(bytes));
  let ended = false;
  stream
    .on('error', () => {})
    .once('close', () => {
      ended = true;
    });
  let most = measure();
  const end = performance.now() + 6000;
  while (!ended && performance.now() < end) {
    if (stream.writableLength < 1e6) stream.write(chunk);
    await new Promise((resolve) => setTimeout(resolve, 1));
    most = Math.max(most, measure());
  }
  return most;
}

/** What the master has written down of a server's process. */
interface LifeRecord {
  readonly pid: number;
  readonly bootId: string;
}

/** What somebody does who has taken over a server: its process is frozen, and its keys are used. */
class TakenOver implements AsyncDisposable {
  readonly link: Duplex;
  readonly #id: string;
  readonly #record: LifeRecord;
  readonly #beat: NodeJS.Timeout;

  private constructor(id: string, record: LifeRecord, link: Duplex) {
    this.#id = id;
    this.#record = record;
    this.link = link.on('error', () => {});
    this.#beat = setInterval(() => link.write(frame(Buffer.from('{"t":"beat"}'))), 300);
  }

  static async server(id: string): Promise<TakenOver> {
    const record = recordOf(id);
    const keys = await ClusterKeys.of({ secret });
    const own = new ServerKeyring(keys.ofServer(id)).link();
    await eventually(async () => (await rows()).every(({ state }) => state === 'ready'), 'all ready');
    process.kill(record.pid, 'SIGSTOP');
    const stream = await dialSecure({ host: '127.0.0.1', port: game.config.master.port }, own);
    const taken = new TakenOver(id, record, stream);
    const joined = new Promise<void>((resolve) => {
      const splitter = new FrameSplitter({ maxFrameBytes: 1 << 26, peer: 'the master' });
      stream.on('data', (chunk) =>
        splitter.push(chunk, (bytes, start, end) => {
          if (JSON.parse(bytes.toString('utf8', start, end)).t === 'admitted') resolve();
        }),
      );
    });
    const { bootId, pid } = record;
    const port = game.config.servers.find((server) => server.id === id)!.port!;
    const join = { t: 'join', pid, buildId: 'b', state: 'ready', listening: { port }, admitted: true };
    for (const message of [{ t: 'hello', v: 3, role: 'server', id, bootId }, join])
      stream.write(frame(Buffer.from(JSON.stringify(message))));
    await joined;
    return taken;
  }

  /** A connection for calls to another server, which has taken it. */
  async dial(id: string): Promise<Socket> {
    const [key] = new ServerKeyring((await ClusterKeys.of({ secret })).ofServer(this.#id)).rpc();
    const port = game.config.servers.find((server) => server.id === id)!.port!;
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    const splitter = new FrameSplitter({ maxFrameBytes: 1 << 26, peer: id });
    const { bootId } = this.#record;
    const to = recordOf(id).bootId;
    const say = (message: object) =>
      socket.write(frame(Buffer.from(`\u0001${JSON.stringify(message)}`, 'latin1')));
    const said: Record<string, unknown>[] = [];
    const answered = new Promise<void>((resolve, reject) => {
      socket.once('close', () => reject(new Error(`refused: ${JSON.stringify(said)}`)));
      socket.on('data', (chunk) =>
        splitter.push(chunk, (bytes, start, end) => {
          if (bytes[start] !== 1) return;
          said.push(JSON.parse(bytes.toString('utf8', start + 1, end)));
          const { nonce, proof } = said.at(-1)!;
          if (nonce)
            say({ proof: prove(key!.key, 'dialer', [this.#id, bootId, 'n', id, to, String(nonce)]) });
          else if (proof) resolve();
        }),
      );
    });
    say({ id: this.#id, bootId, nonce: 'n', to: id, life: to, key: key!.name });
    await answered;
    return socket;
  }

  /** The true process goes on, as far as its master has left it. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat);
    this.link.destroy();
    try {
      process.kill(this.#record.pid, 'SIGCONT');
    } catch {
      // The master has ended it, as it was silent.
    }
    await eventually(async () => (await rows()).every(({ state }) => state === 'ready'), 'all ready again');
  }
}

function recordOf(id: string): LifeRecord {
  return JSON.parse(readFileSync(join(game.root, '.pomelo-ts/servers/127.0.0.1', `${id}.json`), 'utf8'));
}

/** Which of these are in the memory of a process that it may write. */
function inMemoryOf(pid: number, wanted: Readonly<Record<string, Buffer>>): string[] {
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === undefined || to === undefined) continue;
      const start = Number.parseInt(from, 16);
      const bytes = Buffer.alloc(Number.parseInt(to, 16) - start);
      try {
        readSync(memory, bytes, 0, bytes.length, start);
      } catch {
        continue; // it was given back meanwhile
      }
      for (const [name, value] of Object.entries(wanted)) if (bytes.includes(value)) found.add(name);
    }
  } finally {
    closeSync(memory);
  }
  return [...found].sort();
}
