import { type Client, connect } from '@pomelo-ts/client';
import type { RunningGame } from './game.js';

/** Waits for pushes, and keeps those that nobody has waited for yet. */
export class PushLog {
  readonly #client: Client;
  readonly #kept = new Map<string, unknown[]>();
  readonly #waiting = new Map<string, ((body: unknown) => void)[]>();

  constructor(client: Client, routes: readonly string[]) {
    this.#client = client;
    for (const route of routes) {
      this.#kept.set(route, []);
      this.#waiting.set(route, []);
      this.#client.on(route, (body) => this.#take(route, body));
    }
  }

  /** The next push of a route, in the order in which they came. */
  next<Body>(route: string): Promise<Body> {
    const kept = this.#kept.get(route)!;
    if (kept.length > 0) return Promise.resolve(kept.shift() as Body);
    return new Promise((resolve) => this.#waiting.get(route)!.push(resolve as (body: unknown) => void));
  }

  /** The next push of a route for which `check` holds; those before are dropped. */
  async until<Body>(route: string, check: (body: Body) => boolean): Promise<Body> {
    for (;;) {
      const body = await this.next<Body>(route);
      if (check(body)) return body;
    }
  }

  /** How many pushes of a route have come and were not waited for. */
  waiting(route: string): number {
    return this.#kept.get(route)!.length;
  }

  #take(route: string, body: unknown): void {
    const waiting = this.#waiting.get(route)!.shift();
    if (waiting) waiting(body);
    else this.#kept.get(route)!.push(body);
  }
}

const routes = [
  'onChat',
  'onAdd',
  'onLeave',
  'onArenaTick',
  'onArenaPlayers',
  'onArenaTag',
  'onArenaRound',
] as const;

/** A player of the reference game, connected with the framework's own client. */
export class TestPlayer implements AsyncDisposable {
  readonly client: Client;
  readonly pushes: PushLog;

  private constructor(client: Client) {
    this.client = client;
    this.pushes = new PushLog(client, routes);
  }

  /** Connects: through the gate, or to the connector on `port`. */
  static async connect(game: RunningGame, name: string, port?: number): Promise<TestPlayer> {
    const { host, gatePort } = game;
    return new TestPlayer(
      await connect(port === undefined ? { gate: { host, port: gatePort, uid: name } } : { host, port }),
    );
  }

  enter<Answer = { users: string[] }>(username: unknown, rid: unknown): Promise<Answer> {
    return this.client.request<Answer>('connector.entryHandler.enter', { username, rid });
  }

  say<Answer = { code: number }>(content: unknown, target: unknown = '*'): Promise<Answer> {
    return this.client.request<Answer>('chat.chatHandler.send', { content, target });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}
