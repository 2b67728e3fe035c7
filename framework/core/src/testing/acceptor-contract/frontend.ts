import assert from 'node:assert/strict';
import { Measures, silentLogger } from '@pomelo-ts/common';
import { TickFlusher } from '@pomelo-ts/common/internal';
import { FakeClock } from '@pomelo-ts/common/testing';
import type { ConnectInfo } from '../../acceptor/connect-info.js';
import { HttpEndpoints } from '../../acceptor/http-endpoints.js';
import { OriginPolicy } from '../../acceptor/origin-policy.js';
import { Places } from '../../acceptor/places.js';
import { SendQueues } from '../../acceptor/send-queues.js';
import type { Acceptor, AcceptorContext, AcceptorHooks, AcceptorMaker } from '../../acceptor.js';
import { coreMeasures } from '../../measures.js';
import { Push, type WireFormat, WireFormats } from '../../wire/push.js';
import type { ContractClient, DialClient } from './client.js';
import { ContractSession } from './session.js';

/** How a case would have its frontend. */
export interface FrontendOptions {
  readonly client?: Partial<AcceptorContext['client']>;
  readonly onConnect?: AcceptorHooks['onConnect'];
  readonly maxConnections?: number;
  readonly maxConnectionsPerAddress?: number;
}

/** A client that has been let in, with its session. */
export interface Joined {
  readonly client: ContractClient;
  readonly session: ContractSession;
}

const many = 1000;

const settings: AcceptorContext['client'] = {
  heartbeatMs: 30_000,
  heartbeatTimeoutMs: 60_000,
  handshakeTimeoutMs: 10_000,
  probeMs: false,
  dictionary: false,
  protobuf: false,
  maxPackageBytes: 64 * 1024,
  maxPendingRequests: 256,
  maxPendingNotifies: 10_000,
  sendQueue: { maxBytes: 256 * 1024, policy: 'close' },
  origins: 'any',
  compression: false,
  trustedProxies: [],
  proxyProtocol: false,
};

/** Counts how often pushes are encoded, by the name of the format. */
class CountedFormats extends WireFormats {
  readonly encoded = new Map<string, number>();

  override add<Frame>(name: string, encode: (push: Push) => Frame): WireFormat<Frame> {
    return super.add(name, (push) => {
      this.encoded.set(name, (this.encoded.get(name) ?? 0) + 1);
      return encode(push);
    });
  }
}

/** The frontend that an acceptor is tried at: sessions, places and formats, with a clock that stands still. */
export class ContractFrontend {
  readonly clock = new FakeClock();
  readonly counters = new Measures().makeAll(coreMeasures);
  readonly formats = new CountedFormats();
  readonly sessions: ContractSession[] = [];
  /** What the hook was told of each handshake. */
  readonly asked: ConnectInfo[] = [];
  readonly places: Places;
  readonly queues: SendQueues;
  readonly acceptor: Acceptor;
  readonly #dial: DialClient;
  readonly #patienceMs: number;
  readonly #clients: ContractClient[] = [];
  port = 0;

  /** @param patienceMs how long a case waits for what must come */
  constructor(make: AcceptorMaker, dial: DialClient, options: FrontendOptions, patienceMs: number) {
    const { maxConnections = many, maxConnectionsPerAddress = many } = options;
    const bounds = { maxConnections, maxConnectionsPerAddress, room: { connections: many, clients: many } };
    this.places = new Places(bounds, { open: (link, origin) => this.#open(link, origin) }, this.counters);
    const { maxBytes } = { ...settings, ...options.client }.sendQueue;
    this.queues = new SendQueues(maxBytes, this.clock);
    this.#dial = dial;
    this.#patienceMs = patienceMs;
    this.acceptor = make(this.#context(options));
  }

  async listen(): Promise<void> {
    this.port = await this.within(this.acceptor.listen(0), 'listen() of the acceptor');
  }

  /** A client that is connected and has said nothing. */
  async dial(): Promise<ContractClient> {
    const client = await this.within(this.#dial(this.acceptor, this.port), 'the connection of a client');
    this.#clients.push(client);
    return client;
  }

  /** A client that has done its handshake. */
  async join(user?: unknown): Promise<Joined> {
    const client = await this.dial();
    const { code } = await this.greet(client, user);
    assert.equal(code, 200, `the handshake was answered with ${code}`);
    const session = this.sessions.at(-1)!;
    await this.until(() => session.ready, 'the end of the handshake');
    return { client, session };
  }

  /** The client's handshake, until the client was told what came of it. */
  greet(client: ContractClient, user?: unknown): Promise<{ readonly code: number }> {
    return this.within(client.handshake(user), 'what handshake() of a client waits for');
  }

  /** A push of JSON. */
  push(route: string, body: unknown): Push {
    const bytes = Buffer.from(JSON.stringify(body));
    return new Push(route, undefined, bytes, 0, bytes.length);
  }

  /** Waits until `check` is true, without letting the frontend's clock pass. */
  async until(check: () => boolean, what: string): Promise<void> {
    for (const since = Date.now(); !check(); ) {
      assert.ok(Date.now() - since < this.#patienceMs, this.#late(what));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Waits for a promise of the acceptor or of a client, without letting the frontend's clock pass. */
  async within<T>(awaited: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(this.#late(what))), this.#patienceMs);
    });
    try {
      return await Promise.race([awaited, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets seconds of the frontend's clock pass, one by one. */
  pass(seconds: number): void {
    for (let i = 0; i < seconds; i++) this.clock.pass(1000);
  }

  /** Closes the acceptor; its clock goes on, as some clients may not see their end. */
  async close(): Promise<void> {
    let closed = false;
    const closing = this.acceptor.close('the case is over').then(() => {
      closed = true;
    });
    await this.until(() => {
      this.clock.pass(1000);
      return closed;
    }, 'the end of the acceptor');
    await closing;
    for (const client of this.#clients) client.close();
  }

  #late(what: string): string {
    return `${what} did not come within ${this.#patienceMs} ms`;
  }

  #open(...[link, origin]: Parameters<ConstructorParameters<typeof Places>[1]['open']>): ContractSession {
    const session = new ContractSession(link, origin, this.places);
    this.sessions.push(session);
    return session;
  }

  #context({ client, onConnect }: FrontendOptions): AcceptorContext {
    return {
      serverId: 'connector-1',
      env: 'test',
      options: {},
      hosts: ['127.0.0.1'],
      client: { ...settings, ...client },
      places: this.places,
      origins: new OriginPolicy('any', silentLogger),
      hooks: onConnect ? { onConnect: (info) => this.#ask(info, onConnect) } : {},
      probes: { sessionFor: () => undefined },
      bodies: { handshake: () => ({}) },
      queues: this.queues,
      formats: this.formats,
      http: new HttpEndpoints('connector-1', () => 'ready', silentLogger),
      flusher: new TickFlusher(),
      counters: this.counters,
      clock: this.clock,
      logger: silentLogger,
    };
  }

  #ask(info: ConnectInfo, onConnect: NonNullable<AcceptorHooks['onConnect']>) {
    this.asked.push(info);
    return onConnect(info);
  }
}
