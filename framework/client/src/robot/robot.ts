import type { Client } from '../client.js';
import type { AnyContract, ClientContract, ContractClient, GameClient } from '../contract.js';
import type { ClientOptions } from '../options.js';

/** How long to wait for a push. */
export interface ExpectOptions {
  /** Default 10000. */
  readonly timeoutMs?: number;
}

/** What of a robot does not depend on the game. */
export interface AnyRobot {
  /** Which of all players this is, from 0. */
  readonly index: number;
  /** `robot-<index>`, or what the script's `uid` gives; the gate is told it. */
  readonly uid: string;
  /** Rounds that this player has played to their end. */
  readonly rounds: number;
  /** False once the run is over: the time to leave a loop. */
  readonly running: boolean;
  /**
   * Connects to where the run goes, by way of the gate if it is one; counted and timed as `connect`. An open connection is
   * closed before.
   */
  connect(options?: Omit<ClientOptions, 'reconnect'>): Promise<void>;
  /** Closes the connection before the round ends. */
  close(): Promise<void>;
  /** Waits for `minMs`, or any time from there to `maxMs`. Ends early, by an error, when the connection is lost or the run over. */
  think(minMs: number, maxMs?: number): Promise<void>;
  /**
   * Waits for the next beat of a fixed rate, the first of which is now. A player who was held up past a beat goes on at once, and
   * what follows, up to and with the next request, is timed from when it was due: a server that stalls is not asked less for
   * that, and its times are those that players would have seen. Another interval begins anew.
   */
  pace(everyMs: number): Promise<void>;
  /** A number from 0 up to 1 that is the same for the same seed of the run and index of the robot. */
  random(): number;
  /** Counts something of the game's own. */
  count(name: string, by?: number): void;
  /** Times what `work` does, and gives what it gives. */
  measure<T>(name: string, work: () => T | Promise<T>): Promise<T>;
}

/** A robot that takes any route and body. */
export interface FreeRobot extends AnyRobot {
  /** The connection of this round, for all that is not here; what goes by it is not measured. @throws when there is none */
  readonly client: Client;
  /** Sends a request and gives its answer, whatever `code` is in it. Timed and counted by its route. @throws ClientError */
  request<Answer = unknown>(route: string, body?: unknown, options?: { timeoutMs?: number }): Promise<Answer>;
  /** Sends a message that wants no answer. @throws ClientError */
  notify(route: string, body?: unknown): void;
  /** Calls `listener` with every push of that route in this round, until the returned function is called. */
  on<Body = unknown>(route: string, listener: (body: Body) => void): () => void;
  /**
   * The next push of that route for which `match` holds, timed from now on. A push may overtake an answer: call this before the
   * request that leads to it, and await it afterwards.
   */
  expectPush<Body = unknown>(
    route: string,
    match?: (body: Body) => boolean,
    options?: ExpectOptions,
  ): Promise<Body>;
}

/** A robot that the compiler has been told the contract of. */
export interface ContractRobot<C extends ClientContract> extends AnyRobot {
  readonly client: GameClient<C>;
  readonly request: ContractClient<C>['request'];
  readonly notify: ContractClient<C>['notify'];
  readonly on: ContractClient<C>['on'];
  /** As {@link FreeRobot.expectPush}. */
  expectPush<Push extends keyof C['pushes'] & string>(
    route: Push,
    match?: (body: C['pushes'][Push]) => boolean,
    options?: ExpectOptions,
  ): Promise<C['pushes'][Push]>;
}

/** One scripted player: `Robot<GameContract>` knows the game's routes, pushes and errors, plain `Robot` takes any. */
export type Robot<C extends ClientContract = AnyContract> = [C] extends [AnyContract]
  ? FreeRobot
  : ContractRobot<C>;
