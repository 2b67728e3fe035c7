import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { NetLab } from '../helpers/netlab.js';

/** What the players of a run tell of themselves. */
export interface PlayersReport {
  /** Requests begun, and those that have ended: with an answer, or with their connection. */
  readonly sent: number;
  readonly settled: number;
  /** Requests on the wire, those that an answer has come to, and answers to what was not asked or was answered before. */
  readonly asked: number;
  readonly answered: number;
  readonly unasked: number;
  /** Answers that belong to another request. */
  readonly strange: number;
  readonly pushes: number;
  /** Pushes of a room that the player is not in. */
  readonly leaks: number;
  /** Pushes that came twice. */
  readonly repeats: number;
  /** Pushes of a channel that players are in for a time, and those that came to one who had left it. */
  readonly asides: number;
  readonly late: number;
  /** Times that a player who was in was cut off. */
  readonly cuts: number;
  /** Those that were answered within the last three seconds. */
  readonly playing: number;
  /** Names of those who have entered, by room. */
  readonly byRoom: Readonly<Record<string, readonly string[]>>;
  /** Uids of those who have entered, and the host that each is connected to. */
  readonly seats: readonly string[];
  /** One that does not play, and what was last wrong for it. */
  readonly idle?: readonly [string, string];
  /** Some who have heard nothing of others in their room for five seconds. */
  readonly deaf: readonly string[];
}

/** Settings of {@link Players}. */
export interface PlayersPlan {
  readonly count: number;
  readonly rooms: number;
  readonly gates: readonly { readonly host: string; readonly port: number }[];
  readonly seed: number;
}

/** How long the players may take to say something, and a probe of all rooms to end, in ms. */
const answerMs = 30_000;

const script = fileURLToPath(new URL('./players.mjs', import.meta.url));

/** Players outside of all hosts of a lab, in a process of their own. */
export class Players implements Disposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(lab: NetLab, plan: PlayersPlan) {
    this.#child = lab.outside(process.execPath, script, JSON.stringify(plan));
    this.#child.stderr!.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  report(): Promise<PlayersReport> {
    return this.#tell('report');
  }

  /** Has them leave by themselves now and then, and return. */
  roam(): Promise<PlayersReport> {
    return this.#tell('roam');
  }

  /** Has them leave by themselves no more: what is looked at must stand still. */
  stay(): Promise<PlayersReport> {
    return this.#tell('stay');
  }

  /** Has them send nothing any more: what they have sent must settle now. */
  quiet(): Promise<PlayersReport> {
    return this.#tell('quiet');
  }

  async #tell(what: string): Promise<PlayersReport> {
    this.#child.stdin!.write(`${what}\n`);
    const silence = setTimeout(() => this.#child.kill('SIGKILL'), answerMs);
    const { value, done } = await this.#lines.next();
    clearTimeout(silence);
    if (done) throw new Error('the players have ended, or said nothing for too long');
    return JSON.parse(value);
  }

  [Symbol.dispose](): void {
    this.#child.stdin!.end();
    this.#child.kill('SIGKILL');
  }
}

/** Names of those who are in rooms, by room, as somebody is told who enters them after others have only looked in. */
export async function namesIn(
  lab: NetLab,
  gate: PlayersPlan['gates'][number],
  rooms: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const probe = fileURLToPath(new URL('./probe.mjs', import.meta.url));
  const child = lab.outside(process.execPath, probe, JSON.stringify({ gate, rooms }));
  const tooLong = setTimeout(() => child.kill('SIGKILL'), answerMs);
  let text = '';
  for await (const chunk of child.stdout!) text += String(chunk);
  clearTimeout(tooLong);
  if (text === '') throw new Error('nobody could look who is in the rooms');
  return JSON.parse(text);
}
