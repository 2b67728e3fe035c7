import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ServerEntry } from '@pomelo-ts/cluster';
import type { BootData } from '@pomelo-ts/cluster/internal';
import type { ServerChannel } from 'ssh2';
import type { AgentMethod, AgentRequest } from '../../src/hosts/agent-messages.js';
import type { MemoryLauncher, MemoryProcess } from '../memory-launcher.js';
import { hostKeyText, type Listening, sshServer, userKeyText } from './hostile-ssh.js';

/** What a {@link LyingHost} does instead of an answer: nothing, or a part of a message. */
export type Lie = 'silence' | { readonly result: unknown } | { readonly error: unknown };

export const truthfulFacts = {
  ...{
    node: '22.0.0',
    buildId: '1',
    platform: 'linux',
    cpus: 2,
    memoryBytes: 2 ** 34,
    freeMemoryBytes: 2 ** 33,
    load: [0.5, 0.2, 0.1],
    taskset: true,
    time: 1,
  },
  disks: [],
};

/** A host that is reached over real SSH, whose servers run inside this process; what its agent says is as told. */
export class LyingHost implements AsyncDisposable {
  readonly name: string;
  /** What it lies about, by what it is asked. */
  lies: Partial<Record<AgentMethod, Lie>> = {};
  readonly asked: AgentMethod[] = [];
  #ssh: Listening | undefined;
  readonly #entries: readonly ServerEntry[];
  readonly #launcher: () => MemoryLauncher;

  private constructor(name: string, entries: readonly ServerEntry[], launcher: () => MemoryLauncher) {
    this.name = name;
    this.#entries = entries.filter(({ host }) => host === name);
    this.#launcher = launcher;
  }

  static async up(
    name: string,
    entries: readonly ServerEntry[],
    launcher: () => MemoryLauncher,
  ): Promise<LyingHost> {
    const host = new LyingHost(name, entries, launcher);
    host.#ssh = await sshServer({
      onCommand: (channel) => host.#serve(channel),
      // A name that no machine has is reached over this port as over a host on the way.
      onForward: (accept) => {
        const stream = accept();
        const way = connect(host.port, '127.0.0.1');
        way
          .on('error', () => stream.destroy())
          .pipe(stream.on('error', () => way.destroy()))
          .pipe(way);
      },
    });
    return host;
  }

  get port(): number {
    return this.#ssh!.port;
  }

  /** Ends its connections. */
  cut(): void {
    for (const socket of this.#ssh!.sockets) socket.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#ssh![Symbol.asyncDispose]());
  }

  get #processes(): readonly (readonly [string, MemoryProcess])[] {
    const { lives } = this.#launcher();
    return this.#entries.flatMap(({ id }) => (lives[id] ?? []).map((life) => [id, life] as const));
  }

  #serve(channel: ServerChannel): void {
    const say = (message: object) => channel.writable && channel.write(`${JSON.stringify(message)}\n`);
    channel.on('error', () => {});
    let text = '';
    channel.on('data', (chunk: Buffer) => {
      const lines = (text + chunk.toString()).split('\n');
      text = lines.pop()!;
      for (const line of lines) if (line.startsWith('{"n":')) void this.#answer(JSON.parse(line), say);
    });
    say({ hello: truthfulFacts });
  }

  async #answer({ n, method, args }: AgentRequest, say: (message: object) => void): Promise<void> {
    this.asked.push(method);
    const lie = this.lies[method];
    if (lie === 'silence') return;
    say({ n, ...(lie ?? { result: (await this.#truth(method, args as never[])) ?? null }) });
  }

  async #truth(method: AgentMethod, args: never[]): Promise<unknown> {
    const [first, second] = args as readonly unknown[];
    const isLife = ([, { bootId }]: readonly [string, MemoryProcess]) =>
      bootId === first || bootId === (first as { bootId?: string }).bootId;
    if (method === 'launch') return this.#launch(first as { boot: BootData });
    if (method === 'left')
      return this.#processes
        .filter(([, { ended }]) => !ended)
        .map(([id, { bootId, pid }]) => ({ id, bootId, pid }));
    if (method === 'kill') this.#processes.find(isLife)?.[1].kill(second as 'SIGKILL');
    if (method === 'ended') {
      const life = this.#processes.find(isLife)?.[1];
      const none = { code: null, signal: null, reason: 'it ended while no master watched it' };
      return { exit: life ? await life.exited : none, lines: [] };
    }
    if (method === 'facts') return truthfulFacts;
    if (method === 'missingFiles') return (first as unknown[]).map(() => []);
    return method === 'elsewhere' || method === 'lastLines' ? [] : undefined;
  }

  #launch({ boot }: { readonly boot: BootData }): number {
    return this.#launcher().launch(this.#entries.find(({ id }) => id === boot.id)!, boot).pid;
  }
}

/** Settings by which these hosts are reached; their files are written to `directory`. */
export function waysTo(hosts: readonly LyingHost[], directory: string) {
  const [keyFile, knownFile] = [join(directory, 'id_ed25519'), join(directory, 'known_hosts')];
  writeFileSync(keyFile, userKeyText, { mode: 0o600 });
  const known = hosts.flatMap(({ name, port }) => [`[127.0.0.1]:${port}`, name]);
  writeFileSync(knownFile, known.map((place) => `${place} ${hostKeyText}\n`).join(''));
  const ssh = {
    identityFile: [keyFile],
    knownHosts: [knownFile],
    connectTimeout: 400_000,
    agent: false as const,
  };
  return {
    ssh,
    hosts: Object.fromEntries(
      hosts.map(({ name, port }) => [name, { ssh: { user: 'game', jump: `game@127.0.0.1:${port}` } }]),
    ),
  };
}
