import { Client } from '../client.js';
import { isFailure } from '../contract.js';
import { reasonOf } from '../errors.js';
import { type ClientOptions, settle } from '../options.js';
import { openNodeSocket } from '../socket/node-socket.js';
import type { RobotScript, Target } from './definition.js';
import type { Measures, RowKind } from './measures.js';
import { type Random, seededRandom } from './random.js';
import type { ExpectOptions, FreeRobot } from './robot.js';
import { RoundOver, Waits } from './waits.js';

/** What a robot is doing: `failed` while it waits to start again after an error, or has given up. */
export type RobotState = 'waiting' | 'connecting' | 'active' | 'failed' | 'done';

/** What the robots of one worker share. */
export interface RobotSurroundings {
  readonly script: RobotScript;
  readonly target: Target;
  readonly seed: number;
  readonly measures: Measures;
  readonly onState: (from: RobotState, to: RobotState) => void;
}

type Listener = (body: unknown) => void;

/** One player: what its script may do, measured. */
export class ScriptedRobot implements FreeRobot {
  readonly index: number;
  readonly uid: string;
  readonly random: Random;
  rounds = 0;
  readonly #around: RobotSurroundings;
  readonly #measures: Measures;
  readonly #waits = new Waits();
  readonly #listeners = new Map<string, Set<Listener>>();
  #client: Client | undefined;
  #state: RobotState = 'waiting';
  #running = true;
  #beat: { readonly everyMs: number; readonly atMs: number } | undefined;
  /** When what comes next should have begun. */
  #dueMs: number | undefined;

  constructor(index: number, around: RobotSurroundings) {
    this.index = index;
    this.uid = String(around.script.uid?.(index) ?? `robot-${index}`);
    this.random = seededRandom(around.seed, index);
    this.#around = around;
    this.#measures = around.measures;
  }

  get running(): boolean {
    return this.#running;
  }

  get client(): Client {
    if (!this.#running) throw new RoundOver();
    if (this.#client === undefined)
      throw new Error('the robot is not connected: await robot.connect() first');
    return this.#client;
  }

  /** @internal */
  set state(state: RobotState) {
    this.#around.onState(this.#state, state);
    this.#state = state;
  }

  async connect(options: Omit<ClientOptions, 'reconnect'> = {}): Promise<void> {
    await this.close();
    const before = this.#state;
    this.state = 'connecting';
    try {
      await this.#timed('connect', 'connect', () => this.#open(options));
    } finally {
      this.state = before;
    }
  }

  async request<Answer>(route: string, body?: unknown, options?: { timeoutMs?: number }): Promise<Answer> {
    const { script } = this.#around;
    const send = () => this.client.request<Answer>(route, body, options);
    return this.#timed('request', route, send, (answer) => {
      const isError = script.isError?.(route, answer) ?? isFailure(answer);
      return isError ? problemOf(answer) : undefined;
    });
  }

  notify(route: string, body?: unknown): void {
    this.client.notify(route, body);
    this.#measures.count('notify', route);
  }

  on<Body>(route: string, listener: (body: Body) => void): () => void {
    let listeners = this.#listeners.get(route);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(route, listeners);
      if (this.#client) this.#hear(this.#client, route);
    }
    const own: Listener = (body) => listener(body as Body);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  expectPush<Body>(
    route: string,
    match: (body: Body) => boolean = () => true,
    { timeoutMs = 10_000 }: ExpectOptions = {},
  ): Promise<Body> {
    const heard = this.#timed('push', route, () => this.#nextPush(route, match, timeoutMs));
    heard.catch(() => {}); // it may be awaited later, or never when the round fails before
    return heard;
  }

  async think(minMs: number, maxMs = minMs): Promise<void> {
    await this.#waits.pause(minMs + (maxMs - minMs) * this.random());
  }

  async pace(everyMs: number): Promise<void> {
    const last = this.#beat;
    const atMs = last?.everyMs === everyMs ? last.atMs + everyMs : performance.now();
    this.#beat = { everyMs, atMs };
    const earlyMs = atMs - performance.now();
    await this.#waits.pause(Math.max(earlyMs, 0));
    // How late a timer rings is no fault of the server.
    this.#dueMs = earlyMs < 0 ? atMs : undefined;
  }

  count(name: string, by = 1): void {
    this.#measures.count('counter', name, by);
  }

  async measure<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    return this.#timed('measure', name, async () => work());
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  /** Back to how a round begins. @internal */
  async endRound(): Promise<void> {
    this.#waits.cancel(new RoundOver());
    this.#listeners.clear();
    this.#beat = undefined;
    this.#dueMs = undefined;
    await this.close();
  }

  /** No round follows, and the one that is being played can do no more than wait for answers. @internal */
  end(): void {
    this.#running = false;
    this.#waits.end(new RoundOver());
  }

  async #timed<T>(
    kind: RowKind,
    name: string,
    work: () => Promise<T>,
    judge?: (result: T) => string | undefined,
  ): Promise<T> {
    const begun = this.#dueMs ?? performance.now();
    if (kind === 'request') this.#dueMs = undefined;
    try {
      if (!this.#running) throw new RoundOver();
      const result = await work();
      this.#measures.done(kind, name, performance.now() - begun, judge?.(result));
      return result;
    } catch (error) {
      // A script that tries again and again at once must not keep the others from playing.
      await new Promise((resolve) => setImmediate(resolve));
      if (error instanceof RoundOver) throw error;
      if (this.#running) this.#measures.failed(kind, name, error);
      else if (kind === 'request') this.#measures.count('unanswered', name);
      throw error;
    }
  }

  async #open(options: ClientOptions): Promise<void> {
    const { target, script } = this.#around;
    const there = 'gate' in target ? { gate: { url: target.gate, uid: this.uid } } : target;
    const named = options.url ?? options.host ?? options.gate;
    const settings = { ...script.client, ...(named === undefined ? there : {}), ...options };
    const client = await new Client(settle(settings, openNodeSocket)).open();
    if (!this.#running) {
      void client.close();
      throw new RoundOver();
    }
    this.#client = client;
    client.onFault((error) => this.#measures.thrown(error.cause ?? error, 'push'));
    client.onState(({ state, error }) => {
      if (state !== 'closed' || this.#client !== client) return;
      this.#measures.count('lost', error?.code ?? 'CLOSED');
      this.#measures.thrown(error, 'connection');
      this.#waits.cancel(error);
    });
    for (const route of this.#listeners.keys()) this.#hear(client, route);
  }

  #hear(client: Client, route: string): void {
    client.on(route, (body) => {
      this.#measures.count('heard', route);
      for (const listener of this.#listeners.get(route) ?? []) listener(body);
    });
  }

  #nextPush<Body>(route: string, match: (body: Body) => boolean, timeoutMs: number): Promise<Body> {
    void this.client; // there must be one
    let stop = () => {};
    const heard = this.#waits.wait<Body>(
      timeoutMs,
      () => new Error(`no push ${route} came within ${timeoutMs} ms, or none that matched`),
      (resolve, reject) => {
        stop = this.on<Body>(route, (body) => {
          try {
            if (match(body)) resolve(body);
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    return heard.finally(() => stop());
  }
}

/** What an answer that is an error says. */
function problemOf(answer: unknown): string {
  const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown };
  const parts = [code, message].filter((part) => typeof part === 'string' || typeof part === 'number');
  return parts.length > 0 ? parts.join(' ') : reasonOf(JSON.stringify(answer));
}
