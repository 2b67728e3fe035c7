import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { newBootId } from '@pomelo-ts/common';
import {
  type JoinOptions,
  joinCluster,
  type LinkAgent,
  LinkHub,
  type LinkHubOptions,
  memoryStreams,
} from '../src/index.js';
import type { ServerEntry, ServerSettings } from '../src/settings-types.js';

export const secret = 'a secret of the tests';

/** How an agent's bytes reach a hub. */
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

/** A hub with a way to dial it, and agents that all go when the test is over. */
export class LinkBench {
  hub: LinkHub;
  servers: readonly ServerEntry[];
  readonly #wire: Wire;
  readonly #agents: LinkAgent[] = [];
  readonly #listener = createServer((socket) => this.hub.accept(socket, 'a test'));
  /** Streams on the dialers' side, in the order of dialing. */
  readonly dialed: Duplex[] = [];

  constructor(wire: Wire, servers: readonly ServerEntry[], more: Partial<LinkHubOptions> = {}) {
    this.#wire = wire;
    this.servers = servers;
    this.hub = this.newHub(more);
  }

  newHub(more: Partial<LinkHubOptions> = {}): LinkHub {
    this.hub = new LinkHub({
      secret,
      serverIds: () => this.servers.map(({ id }) => id),
      settingsOf: (id) => {
        const server = this.servers.find((candidate) => candidate.id === id);
        return server && settings(server);
      },
      ...more,
    });
    return this.hub;
  }

  readonly dial = async (): Promise<Duplex> => {
    const stream = this.#wire === 'tcp' ? await this.#dialTcp() : this.#dialMemory();
    this.dialed.push(stream);
    return stream;
  };

  async join(id: string, more: Partial<JoinOptions> = {}): Promise<LinkAgent> {
    const agent = await joinCluster({
      dial: this.dial,
      id,
      bootId: newBootId(),
      buildId: 'build-1',
      secret,
      random: () => 0,
      onStop: () => {},
      ...more,
    });
    this.#agents.push(agent);
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) agent.close();
    this.hub.close();
    for (const stream of this.dialed) stream.destroy();
    if (this.#listener.listening) {
      this.#listener.close();
      await once(this.#listener, 'close');
    }
  }

  #dialMemory(): Duplex {
    const [near, far] = memoryStreams();
    this.hub.accept(far, 'a test');
    return near;
  }

  async #dialTcp(): Promise<Duplex> {
    const { connect } = await import('node:net');
    if (!this.#listener.listening) {
      this.#listener.listen(0, '127.0.0.1');
      await once(this.#listener, 'listening');
    }
    const socket = connect((this.#listener.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }
}

/** Waits until `check` gives something truthy; fails after two seconds. */
export async function until<T>(check: () => T | undefined | false, what = 'the condition'): Promise<T> {
  const end = performance.now() + 2000;
  for (;;) {
    const value = check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`${what} did not come true within 2 s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
