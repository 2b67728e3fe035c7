import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { newBootId } from '@pomelo-ts/common';
import { SecureDoor } from '@pomelo-ts/common/internal';
import { ClusterKeys, dialSecure, type MasterLink } from '../src/index.js';
import {
  type JoinOptions,
  joinCluster,
  type LinkIdentity,
  memoryStreams,
  ServerKeyring,
} from '../src/internal.js';
import { LinkHub, type LinkHubOptions } from '../src/masters.js';
import type { ServerEntry, ServerSettings } from '../src/settings-types.js';

export const keys = await ClusterKeys.of({ secret: 'a secret of the tests' });

const operator = { role: 'operator', id: 'operator' } as const;

/** How an link's bytes reach a hub. */
export const wires = ['memory', 'tcp'] as const;
export type Wire = (typeof wires)[number];

export function entry(id: string, more: Partial<ServerEntry> = {}): ServerEntry {
  return {
    id,
    type: id.split('-')[0]!,
    host: '127.0.0.1',
    frontend: false,
    weight: 1,
    args: [],
    autoRestart: false,
    restartForce: false,
    ...more,
  };
}

export function settings(server: ServerEntry): ServerSettings {
  return {
    server,
    env: 'test',
    root: '/game',
    appDir: '/game',
    settings: {} as ServerSettings['settings'],
    crons: [],
    dictionary: ['onChat'],
    clientProtos: null,
    serverProtos: null,
    mode: 'process',
  };
}

/** A hub with a way to dial it, and links that all go when the test is over. */
export class LinkBench {
  hub: LinkHub;
  servers: readonly ServerEntry[];
  readonly #wire: Wire;
  readonly #links: MasterLink[] = [];
  readonly #door = new SecureDoor<LinkIdentity>({
    keyOf: keys.linkKey,
    met: (stream, who) => this.hub.accept(stream, who, 'a test'),
    refused: () => {},
  });
  readonly #listener = createServer((socket) => this.#door.accept(socket));
  /** Streams on the dialers' side, in the order of dialing. */
  readonly dialed: Duplex[] = [];

  constructor(wire: Wire, servers: readonly ServerEntry[], more: Partial<LinkHubOptions> = {}) {
    this.#wire = wire;
    this.servers = servers;
    this.hub = this.newHub(more);
  }

  newHub(more: Partial<LinkHubOptions> = {}): LinkHub {
    this.hub = new LinkHub({
      serverIds: () => this.servers.map(({ id }) => id),
      settingsOf: (id) => {
        const server = this.servers.find((candidate) => candidate.id === id);
        return server && settings(server);
      },
      ...more,
    });
    return this.hub;
  }

  /** A stream to the hub, of a server or of an operator. */
  readonly dial = async (who: LinkIdentity = { role: 'server', id: 'chat-1' }): Promise<Duplex> => {
    const stream = this.#wire === 'tcp' ? await this.#dialTcp(who) : this.#dialMemory(who);
    this.dialed.push(stream);
    return stream;
  };

  readonly dialOperator = (): Promise<Duplex> => this.dial(operator);

  async join(id: string, more: Partial<JoinOptions> = {}): Promise<MasterLink> {
    const link = await joinCluster({
      dial: () => this.dial({ role: 'server', id }),
      id,
      bootId: newBootId(),
      buildId: 'build-1',
      random: () => 0,
      onStop: () => {},
      ...more,
    });
    this.#links.push(link);
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link.close();
    this.hub.close();
    for (const stream of this.dialed) stream.destroy();
    if (this.#listener.listening) {
      this.#listener.close();
      await once(this.#listener, 'close');
    }
  }

  #dialMemory(who: LinkIdentity): Duplex {
    const [near, far] = memoryStreams();
    this.hub.accept(far, who, 'a test');
    return near;
  }

  async #dialTcp(who: LinkIdentity): Promise<Duplex> {
    if (!this.#listener.listening) {
      this.#listener.listen(0, '127.0.0.1');
      await once(this.#listener, 'listening');
    }
    const { port } = this.#listener.address() as AddressInfo;
    const own = who.role === 'operator' ? keys.operator : new ServerKeyring(keys.ofServer(who.id)).link();
    return dialSecure({ host: '127.0.0.1', port }, own);
  }
}

/** Waits until `check` gives something truthy; fails after ten seconds: no measure of speed, a busy machine has its time. */
export async function until<T>(check: () => T | undefined | false, what = 'the condition'): Promise<T> {
  const end = performance.now() + 10_000;
  for (;;) {
    const value = check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`${what} did not come true within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
