import type { AnyContract, ClientContract } from '../contract.js';
import type { ClientOptions } from '../options.js';
import type { Robot } from './robot.js';

/** What a script says about a run unless the one who starts it says otherwise. */
export interface RunDefaults {
  /** Players at once. Default 1. */
  readonly users?: number;
  /** Time in which they come, in ms. Default 0: all at once. */
  readonly rampMs?: number;
  /** Time after which the run ends, the ramp included, in ms. Without it each plays one round. */
  readonly durationMs?: number;
  /** Worker processes. Default one a core. */
  readonly workers?: number;
  /** What all random numbers come from, a whole number from 0 to 2^53 - 1. Default any. */
  readonly seed?: number;
}

/** What a script's `setUp` is told. */
export interface RunInfo extends Required<Omit<RunDefaults, 'durationMs'>> {
  readonly durationMs: number | undefined;
  /** Which of the workers this process is, from 0. */
  readonly worker: number;
  readonly target: Target;
}

/** Where robots connect to: a gate that tells each its server, or one server. */
export type Target = { readonly gate: string } | { readonly url: string };

/** What robots do. */
export interface RobotScript<C extends ClientContract = AnyContract> {
  readonly options?: RunDefaults;
  /** Options of every connection, such as `requestTimeoutMs` or `user`. */
  readonly client?: Omit<ClientOptions, 'url' | 'host' | 'port' | 'gate' | 'reconnect'>;
  /** Robots with a uid of their own instead of `robot-<index>`. */
  uid?(index: number): string | number;
  /** Which answers count as errors. Default: those that `isFailure` finds, a `message` with a `code` from 400 on or a text. */
  isError?(route: string, answer: unknown): boolean;
  /** Called once in each worker process before its first robot starts; an error ends the run. */
  setUp?(run: RunInfo): unknown;
  /**
   * One round of one player. It begins without a connection, and its connection is closed when it ends. Rounds follow each other
   * until the run is over. What it throws is counted, and the player starts again after a while.
   */
  player(robot: Robot<C>): unknown;
  /** What must hold, such as `p99<200ms`, `errors<1%` or `chat.chatHandler.send p95<100ms`. */
  readonly thresholds?: readonly string[];
}

/**
 * What a script of robots exports by default.
 *
 * @example
 * export default defineRobot<GameContract>({
 *   thresholds: ['p99<200ms', 'errors<1%'],
 *   async player(robot) {
 *     await robot.connect();
 *     await robot.request('connector.entryHandler.enter', { username: robot.uid, rid: 'lobby' });
 *     while (robot.running) {
 *       await robot.request('chat.chatHandler.send', { content: 'hello' });
 *       await robot.think(1000, 3000);
 *     }
 *   },
 * });
 */
export function defineRobot<C extends ClientContract = AnyContract>(script: RobotScript<C>): RobotScript<C> {
  return script;
}
