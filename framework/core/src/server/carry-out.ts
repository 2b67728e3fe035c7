import { PomeloError } from '@pomelo-ts/common';
import type { Application } from '../application.js';
import type { RemoteTable } from '../remote/remote-table.js';
import type { UidTraces } from '../uid-traces/uid-traces.js';
import type { TrialResult } from './code-trial.js';
import type { AskedCode, EvaluatedCode } from './evaluating/evaluate.js';
import type { AskedThings } from './looking/inspected.js';
import type { AskedView } from './looking/view-here.js';
import type { OwnLogLevel } from './own-log-level.js';
import { type AskedPush, channelsHere, membersHere, pushAll } from './own-pushes.js';
import { type AskedCall, callHere } from './own-remotes.js';
import { describeHere, findHere, kickHere, onlineOf, uidsOf } from './own-users.js';
import type { ProfileWish, Profiling } from './profiling/profiling.js';
import type { ReloadResult, ServerCode } from './server-code.js';
import { syntaxErrorIn } from './syntax-error.js';

/** How long changed code may take to be loaded where nobody says so, in ms. */
const reloadMs = 30_000;
/** How long another process may take to load the code, in ms. */
const trialMs = 20_000;

interface TrialArgs {
  readonly args?: readonly string[];
  readonly timeoutMs?: number;
}

/** What operators see of a server, and do to its users. */
const ofOperators: Readonly<
  Record<string, (app: Application, profiling: () => Promise<Profiling>, args: never) => unknown>
> = {
  profile: async (_app, profiling, wish: ProfileWish) => (await profiling()).take(wish),
  'profile part': async (_app, profiling, { name, offset }: { name: string; offset: number }) =>
    (await profiling()).read(name, offset),
  'forget profile': async (_app, profiling, { name }: { name: string }) => (await profiling()).forget(name),
  user: ({ sessions }, _profiling, { uid }: { uid: string }) => ({ sessions: findHere(sessions, uid) }),
  'kick user': ({ sessions }, _profiling, { uid, reason }: { uid: string; reason: string }) => ({
    sessions: kickHere(sessions, uid, reason),
  }),
  push: async (app, _profiling, { pushes }: { pushes: readonly AskedPush[] }) => ({
    outcomes: await pushAll(app, pushes),
  }),
  online: async ({ sessions }, _profiling, { uids }: { uids: readonly (string | number)[] }) => ({
    online: await onlineOf(sessions, uids),
  }),
  'count users': async ({ sessions }) => ({ uids: await sessions.count() }),
  channels: (app, _profiling, asked: { prefix: string; limit: number }) => channelsHere(app, asked),
  members: (app, _profiling, asked: { name: string; limit: number }) => membersHere(app, asked),
  'describe user': ({ sessions }, _profiling, { uid }: { uid: string }) => ({
    sessions: describeHere(sessions, uid),
  }),
  'channel names': ({ channels }, _profiling, { numbers }: { numbers: readonly number[] }) => ({
    names: numbers.map((number) => channels.nameOf(number) ?? null),
  }),
  things: async (app, _profiling, asked: AskedThings) => {
    const { thingsHere } = await import('./looking/inspected.js');
    return thingsHere(app, asked);
  },
  thing: async (app, _profiling, asked: { kind: string; id: string }) => {
    const { thingHere } = await import('./looking/inspected.js');
    return thingHere(app, asked);
  },
  view: async (app, _profiling, asked: AskedView) => {
    const { viewHere } = await import('./looking/view-here.js'); // most servers are never looked at
    return viewHere(app, asked);
  },
};

/** What else {@link CarryOut} works with. */
export interface CarryOutParts {
  /** How many clients are connected now. */
  clients(): number;
  /** What others may call here. */
  readonly remotes: RemoteTable;
  readonly traces: UidTraces;
  /** Missing where the process has other servers, too. */
  readonly logLevel: OwnLogLevel | undefined;
}

/** Does what the master asks of one server. */
export class CarryOut {
  readonly #app: Application;
  readonly #code: ServerCode;
  readonly #clients: () => number;
  #profiling: Promise<Profiling> | undefined;

  readonly #logLevel: OwnLogLevel | undefined;
  readonly #remotes: RemoteTable;
  readonly #traces: UidTraces;

  constructor(app: Application, code: ServerCode, { clients, logLevel, remotes, traces }: CarryOutParts) {
    this.#app = app;
    this.#remotes = remotes;
    this.#traces = traces;
    this.#logLevel = logLevel;
    this.#code = code;
    this.#clients = clients;
  }

  /** @throws what the command itself does; an Error for one that there is not */
  run(command: string, args: unknown): unknown {
    const { withinMs } = args as { readonly withinMs?: number };
    if (command === 'reload')
      return this.#reloadOrTellPlace((args as { force?: boolean }).force === true, withinMs);
    if (command === 'try the code') return this.#tryCode(args as TrialArgs);
    if (command === 'restore') return this.restore(withinMs);
    if (command === 'counters') return this.#app.allMeasures.counts();
    if (command === 'log level') return this.#wantLogLevel(args as { level?: string; forMs: number });
    if (command === 'call remote') return callHere(this.#remotes, args as AskedCall);
    if (command === 'evaluate') return this.#evaluate(args as AskedCode);
    if (command === 'trace') return this.#trace(args as { readonly id: string; readonly uid?: string });
    const forOperators = ofOperators[command];
    if (forOperators) return forOperators(this.#app, () => this.#profilingHere(), args as never);
    throw new Error(`this server does not know the command ${command}`);
  }

  /** Takes changed handlers, remotes, crons and filters into use, or gives that up; see {@link ReloadResult}. Connections stay. */
  reload(force = false, withinMs = reloadMs): Promise<ReloadResult> {
    return this.#code.reload(force, withinMs);
  }

  /** Goes back to the code from before the last {@link reload}; false when there is none. */
  restore(withinMs = reloadMs): Promise<boolean> {
    return this.#code.restore(withinMs);
  }

  /** Only a process that ends by it tells the file and line of a mistake in the syntax: then one is made for that. */
  async #reloadOrTellPlace(force: boolean, withinMs?: number): Promise<ReloadResult> {
    try {
      return await this.reload(force, withinMs);
    } catch (error) {
      if (!syntaxErrorIn(error)) throw error;
      const trial = await this.#tryCode({});
      if (trial.verdict !== 'broken') throw error;
      throw new PomeloError('CODE_BROKEN', { reason: trial.reason }, { cause: error });
    }
  }

  /** What it stands on is loaded with the first profile: most servers never take one. */
  #profilingHere(): Promise<Profiling> {
    this.#profiling ??= import('./profiling/profiling.js').then(
      ({ Profiling }) => new Profiling(this.#app.serverId, this.#clients),
    );
    return this.#profiling;
  }

  async #evaluate(asked: AskedCode): Promise<EvaluatedCode> {
    const { evaluate } = await import('./evaluating/evaluate.js'); // most servers never do
    return evaluate(this.#app, asked);
  }

  /** What has happened to a user since the last time; without a uid the trace ends. */
  #trace({ id, uid }: { readonly id: string; readonly uid?: string }) {
    if (uid !== undefined) return this.#traces.fetch(id, uidsOf(uid));
    this.#traces.end(id);
    return { lines: [], lost: 0 };
  }

  #wantLogLevel({ level, forMs }: { readonly level?: string; readonly forMs: number }) {
    if (!this.#logLevel) throw new Error('its process has other servers, too, and one log');
    const was = this.#logLevel.now;
    return { was, level: this.#logLevel.want(level, forMs) };
  }

  async #tryCode({ args = process.execArgv, timeoutMs = trialMs }: TrialArgs): Promise<TrialResult> {
    const { runTrial } = await import('./code-trial.js'); // seldom needed
    const { root, appDir, serverType: type } = this.#app;
    return runTrial({ args, root, appDir, type, timeoutMs });
  }
}
