import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { frame } from '@pomelo-ts/common/internal';
import { describe, expect, it } from 'vitest';
import { eventually, RunningCommand, repositoryRoot } from '../helpers/cluster-process.js';
import { RawClient } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

/* What passes between the servers of real processes, as whoever listens on the cable hears it (root, Linux). */

const secret = { POMELO_TS_SECRET: randomBytes(32).toString('hex') };
const handler = 'export default () => ({ echo: (msg) => msg });';

/** Somebody who hears what passes through these ports of this machine. */
class Listener implements Disposable {
  #heard = '';
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stdout!.setEncoding('latin1').on('data', (text: string) => (this.#heard += text));
  }

  static async at(ports: readonly number[]): Promise<Listener> {
    const script = join(repositoryRoot, 'test/helpers/heard-port.py');
    const child = spawn('python3', [script, ...ports.map(String)], { stdio: ['ignore', 'pipe', 'pipe'] });
    const listener = new Listener(child);
    await once(child.stderr!, 'data');
    return listener;
  }

  has = (text: string): boolean => this.#heard.includes(text);

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL');
  }
}

const oneHost = ['127.0.0.1', '127.0.0.1'] as const;
const twoHosts = ['127.0.0.3', '127.0.0.2'] as const;

/** A game of two servers, one a frontend, which runs with this setting. */
class Running implements AsyncDisposable {
  readonly game: TemporaryGame;
  readonly #listener: Listener;
  #asked = 0;

  private constructor(game: TemporaryGame, listener: Listener) {
    this.game = game;
    this.#listener = listener;
  }

  /** @param hosts of frontend and backend: this machine dials both 127.0.0.2 and 127.0.0.3 from 127.0.0.1, as if they were other hosts */
  static async with(encryption: string, hosts: readonly [string, string] = oneHost): Promise<Running> {
    const game = await TemporaryGame.make({
      servers: {
        connector: [{ id: 'connector-1', frontend: true, host: hosts[0] }],
        chat: [{ id: 'chat-1', host: hosts[1] }],
      },
      app: 'export default { setUp() {} };',
      handlers: { connector: { handler }, chat: { handler } },
      settings: { rpc: { encryption } },
    });
    const ports = game.config.servers.map(({ port }) => port!);
    const running = new Running(game, await Listener.at(ports));
    await running.succeeds('start', '-D');
    return running;
  }

  run(...args: string[]): RunningCommand['ended'] {
    return new RunningCommand([...args, '-d', this.game.root, '-e', 'production'], secret).ended;
  }

  async succeeds(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    expect([code, stderr], args.join(' ')).toEqual([0, '']);
    return stdout;
  }

  /** What else was set, with the rest of the files as they are. */
  sets(encryption: string): void {
    this.game.write('config/settings.json', JSON.stringify({ rpc: { encryption } }));
  }

  /** Whether what a player asks the backend, and is answered, can be read between the servers. */
  async canBeRead(): Promise<boolean> {
    const text = `what player ${++this.#asked} says in private`;
    const { clientPort, port, host } = this.game.config.servers.find(({ id }) => id === 'connector-1')!;
    await using client = await RawClient.join(clientPort!, { host });
    const answer = async () => {
      const { text: said } = await client.request<{ text?: string }>('chat.handler.echo', { text });
      return said === text;
    };
    await eventually(answer, 'an answer of the backend');
    // Whoever hears this second connection has heard all that was said before it.
    const end = `all of ${this.#asked} was said`;
    await eventually(async () => {
      const last = connect(port!, host, () => last.end(frame(Buffer.from(end))));
      await once(last.on('error', () => {}).resume(), 'close');
      return this.#listener.has(end);
    }, 'the end of what was said');
    return this.#listener.has(text);
  }

  /** What the backend says to somebody who greets it in plain. */
  async greetedInPlain(): Promise<string> {
    const { port, host } = this.game.config.servers.find(({ id }) => id === 'chat-1')!;
    const socket = connect(port!, host).on('error', () => {});
    let said = '';
    const end = once(socket, 'close');
    const hello = { id: 'x', bootId: 'x', nonce: 'x', to: 'x', life: 'x', key: 'x' };
    socket.on('data', (chunk) => (said += chunk));
    socket.write(frame(Buffer.from(`\u0001${JSON.stringify(hello)}`, 'latin1')));
    await end;
    return said;
  }

  readonly log = (id: string): string => readFileSync(join(this.game.root, 'logs', `${id}.log`), 'utf8');

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('stop');
    this.#listener[Symbol.dispose]();
    this.game[Symbol.dispose]();
  }
}

const refusal = (encryption: string) => `it is not encrypted, and rpc.encryption is ${encryption} here`;

describe('calls between servers', () => {
  it.each([
    ['auto', oneHost, true],
    ['always', oneHost, false],
    ['auto', twoHosts, false],
    ['never', twoHosts, true],
  ] as const)(
    'that are encrypted %s, between %j: can be read on the way: %s',
    async (encryption, hosts, readable) => {
      await using running = await Running.with(encryption, hosts);
      expect(await running.canBeRead()).toBe(readable);
      await running.greetedInPlain();
      const refused = () => running.log('chat-1').includes(refusal(encryption));
      if (!readable) await eventually(refused, 'the refusal in the log');
      else expect(refused()).toBe(false);
    },
  );

  it('are encrypted after a change of the settings once the servers have been restarted, one by one', async () => {
    await using running = await Running.with('auto');
    expect(await running.canBeRead()).toBe(true);
    running.sets('always');
    expect(await running.succeeds('config', 'reload', '--yes')).toMatch(
      /^~ settings\.rpc\.encryption +"auto" -> "always" +a restart of /m,
    );
    expect(await running.canBeRead()).toBe(true);
    expect(await running.succeeds('config', 'reload', '--yes', '--restart')).toContain('2 servers restarted');
    expect(await running.canBeRead()).toBe(false);
    running.sets('auto');
    await running.succeeds('config', 'reload', '--yes', '--restart');
    expect(await running.canBeRead()).toBe(true);
  });
});
