import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestGame } from '../helpers/cluster-process.js';
import type { NetLab } from '../helpers/netlab.js';
import { broken, type Promised } from './invariants.js';
import type { Masters } from './masters.js';
import type { Operator } from './operator.js';
import { namesIn, type Players, type PlayersPlan, type PlayersReport } from './players.js';
import { livesIn } from './second-lives.js';
import { problemOfDirectory, problemOfEnds, problemsOfLeases } from './witnesses.js';

/** How long hundreds of players may take to come in, on a machine that has other work, too, in ms. */
const beginMs = 120_000;
/** How long servers, masters and players may take to be whole again after the last fault, in ms. */
export const recoveryMs = 45_000;
/** How long a membership may differ from who is connected when all is calm, in ms. */
const membershipMs = 20_000;
/** How long the directory of uids may differ from who is connected when all is calm, and the witness's own pace, in ms. */
const directoryMs = 5000 + 1000;
/** How long a push may take to be heard of again by everybody when all is calm, in ms. */
const hearingMs = 15_000;
/** How old the last word of a lease's holder may be, in ms. */
const leaseMs = 2000;
/** How long it is looked whether connections stay, in ms: longer than a silent client is waited for. */
const watchMs = 8000;
/** How long somebody who plays may be without an answer for once, in ms. */
const playMs = 15_000;
/** How long the processes of a game may take to end, in ms. */
const endMs = 30_000;

/** How long all that is looked at in the calm may take together, in ms: a run tells what is wrong before its own time is over. */
const calmMs = 240_000;

/** Most time for promises beside the one that a run is for, in ms. */
const besideMs = 20_000;

/** What a {@link Calm} looks at. */
export interface CalmParts {
  readonly lab: NetLab;
  readonly game: TestGame;
  readonly players: Players;
  readonly count: number;
  readonly masters: Masters;
  readonly operator: Operator;
  readonly serverIds: readonly string[];
  readonly gate: PlayersPlan['gates'][number];
  /** The one promise that the run is for: others have less time, and none once one was not kept. */
  readonly until?: string | undefined;
}

/** What must hold once no fault comes any more. */
export class Calm {
  readonly problems: string[] = [];
  #endsAt = Number.POSITIVE_INFINITY;
  readonly #parts: CalmParts;

  constructor(parts: CalmParts) {
    this.#parts = parts;
  }

  /** Whether all players play, as they must before the first fault; they roam from then on. */
  async beginsWell(): Promise<boolean> {
    const { until, players } = this.#parts;
    const wrong = await within(until === undefined ? beginMs : recoveryMs, () => this.#allPlay());
    if (wrong !== undefined) this.problems.push(broken('every client plays', wrong));
    await players.roam();
    return wrong === undefined;
  }

  /** Waits until all is as it was, and looks whether it is. */
  async look(): Promise<void> {
    const { players, game, serverIds } = this.#parts;
    this.#endsAt = performance.now() + calmMs;
    const directory = join(game.root, 'directory');
    await players.stay();
    await this.#must('list and processes agree', recoveryMs, () => this.#listIsTrue());
    await this.#must('every client plays', recoveryMs, () => this.#allPlay());
    const witnesses = serverIds.filter((id) => id.startsWith('chat-'));
    await this.#must('the directory of uids is who is connected', directoryMs, async () => {
      const { seats } = await players.report();
      return problemOfDirectory(directory, { witnesses, seats, now: now() });
    });
    await this.#must('membership is who is connected', membershipMs, async () =>
      this.#roomsAreTrue(await players.report()),
    );
    await this.#must('backends are told of ends', membershipMs, async () => problemOfEnds(directory, now()));
    await this.#must('everybody hears everybody in the room', hearingMs, async () => {
      const { deaf } = await players.report();
      return deaf.length > 0 ? deaf.join('; ') : undefined;
    });
    await this.#must('the lease is held again', recoveryMs, async () => {
      const { lastHeld } = problemsOfLeases(join(game.root, 'witnesses'));
      const ago = now() - lastHeld;
      return ago > leaseMs ? `nobody has had it for ${ago} ms` : undefined;
    });
    await this.#watch();
  }

  /** Stops the game, and looks whether all its processes end. */
  async stop(): Promise<void> {
    const { masters, operator, lab } = this.#parts;
    masters.leave();
    const { code, stderr } = await operator.run('stop');
    const wrong = await within(endMs, async () => {
      const left = [...livesIn(lab).keys()];
      if (left.length > 0) return `${left.join(', ')} still run`;
      const of = masters.present.filter((master) => master).length;
      return of > 0 ? `${of} masters still run` : undefined;
    });
    const promise = 'stop leaves nothing behind';
    if (code !== 0) this.problems.push(broken(promise, `code ${code}, ${stderr.trim()}`));
    if (wrong !== undefined) this.problems.push(broken(promise, wrong));
  }

  async #must(promise: Promised, ms: number, check: () => Promise<string | undefined>): Promise<void> {
    const { until } = this.#parts;
    const isBeside = until !== undefined && until !== promise;
    const limitMs = !isBeside ? ms : this.problems.length > 0 ? 0 : Math.min(ms, besideMs);
    const wrong = await within(Math.min(limitMs, this.#endsAt - performance.now()), check);
    if (wrong !== undefined) this.problems.push(broken(promise, wrong));
  }

  async #allPlay(): Promise<string | undefined> {
    const { players, count } = this.#parts;
    const { playing, idle } = await players.report();
    return playing === count ? undefined : `${playing} of ${count}; ${idle?.join(': ')}`;
  }

  /** Who plays when it begins, plays on: what is looked at above is one moment, and whoever was answered just before it is fine by that. */
  async #watch(): Promise<void> {
    const { players, until } = this.#parts;
    const promise = 'nobody is cut in the calm';
    if (this.problems.length > 0 && until !== promise) return; // it is no calm
    const before = await players.report();
    await sleep(watchMs);
    const cuts = (await players.report()).cuts - before.cuts;
    if (cuts > 0) this.problems.push(broken(promise, `${cuts} were, within ${watchMs} ms`));
    await this.#must('every client plays', playMs, () => this.#allPlay());
  }

  /** All servers are ready, and each has the one process that `list` tells. */
  async #listIsTrue(): Promise<string | undefined> {
    const { lab, operator, serverIds } = this.#parts;
    const rows = await operator.rows();
    await operator.mend(rows, serverIds);
    const ids = rows.map(({ id }) => id);
    if ([...ids].sort().join() !== [...serverIds].sort().join()) return `there are ${ids.join(', ')}`;
    const idle = rows.find(({ state }) => state !== 'ready');
    if (idle) return `${idle.id} is ${idle.state}`;
    const lives = livesIn(lab);
    const extra = [...lives.keys()].find((id) => !ids.includes(id));
    if (extra) return `${extra} runs, and is not in the list`;
    const wrong = rows.find(({ id, pid }) => {
      const pids = lives.get(id) ?? [];
      return pids.length !== 1 || lab.hosts.every((host) => host.innerPid(pids[0]!) !== pid);
    });
    return (
      wrong &&
      `${wrong.id} has the pid ${wrong.pid} in the list, and the processes ${lives.get(wrong.id)?.join(', ')}`
    );
  }

  async #roomsAreTrue({ byRoom }: PlayersReport): Promise<string | undefined> {
    const inRooms = await namesIn(this.#parts.lab, this.#parts.gate, Object.keys(byRoom));
    for (const [room, names] of Object.entries(byRoom)) {
      const inRoom = inRooms[room] ?? [];
      const missing = names.filter((name) => !inRoom.includes(name));
      const extra = inRoom.filter((name) => !names.includes(name));
      if (missing.length + extra.length > 0) return `${room} lacks [${missing}] and has [${extra}] too many`;
    }
    return undefined;
  }
}

/** Of the clock that all hosts of a lab have, in ms. */
const now = () => Number(process.hrtime.bigint() / 1_000_000n);

/** Looks again and again until nothing is wrong, for so long; gives what was wrong last. */
export async function within(
  limitMs: number,
  check: () => Promise<string | undefined>,
): Promise<string | undefined> {
  for (const end = performance.now() + limitMs; ; await sleep(100)) {
    const wrong = await check().catch((error: Error) => error.message);
    if (wrong === undefined || performance.now() >= end) return wrong;
  }
}
