import { randomUUID } from 'node:crypto';
import { createInterface, type Interface } from 'node:readline';
import { reasonOf } from '@pomelo-ts/common';
import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import type { MasterClient } from '../master-client.js';
import { goesOnWith, isExit, isUnfinished } from '../remote/is-unfinished.js';
import { linesOf, linesWithNext } from '../remote/piped-lines.js';
import type { Terminal } from '../terminal.js';
import { timeoutIn } from '../timeout-in.js';
import { escaped, escapedLines } from '../view/escaped.js';

/** Options of `pomelo-ts remote`. */
export interface RemoteOptions extends AskedOptions {
  readonly id: string;
  /** How long each line may take: a duration with its unit. */
  readonly timeout: string;
}

/** Lines that are remembered while it is open. */
const history = 500;

/**
 * Has a server carry out what is typed, line by line, from a person or from a pipe; lines share the names that they give. In a pipe a
 * statement may also go on in a line that begins with what begins none, such as `.then(…)` or `else`. What throws ends a pipe with exit code 1.
 */
export async function remote(options: RemoteOptions, terminal: Terminal): Promise<number> {
  const timeoutMs = timeoutIn(options, terminal);
  if (timeoutMs === undefined) return exitCodes.usage;
  const { id } = options;
  const { client, env } = await askedMaster(options);
  try {
    const place = { client, id, sitting: randomUUID(), timeoutMs };
    await carryOut(place, 'app.serverId'); // whether it may, and the server answers, is told before anything is typed
    const person = terminal.ask !== undefined;
    const lines = createInterface({
      input: process.stdin,
      ...(person && { output: process.stdout, historySize: history }),
    });
    if (person)
      terminal.out(
        `${escaped(id)} (${escaped(env)}): what you type runs in the process that serves players; app is its application, _ the last value; Ctrl-D leaves`,
      );
    return await new Remote(place, lines, terminal, person).run();
  } finally {
    client.close();
  }
}

/** Where lines are carried out. */
interface Place {
  readonly client: MasterClient;
  readonly id: string;
  readonly sitting: string;
  readonly timeoutMs: number;
}

const carryOut = ({ client, ...place }: Place, code: string) =>
  client.operate('code.eval', { ...place, code });

/** Most characters that wait for their end: a server takes far fewer, and says so. */
const mostOpen = 10_000;

class Remote {
  readonly #place: Place;
  readonly #lines: Interface;
  readonly #terminal: Terminal;
  readonly #person: boolean;
  /** Lines of something that is not at its end. */
  #typed: string[] = [];
  /** Waits no more for what the server is at. */
  #letGo: (() => void) | undefined;
  #left = false;

  constructor(place: Place, lines: Interface, terminal: Terminal, person: boolean) {
    this.#place = place;
    this.#lines = lines;
    this.#terminal = terminal;
    this.#person = person;
  }

  async run(): Promise<number> {
    this.#lines.on('SIGINT', () => this.#interrupt());
    this.#lines.once('close', () => {
      this.#left = true;
    });
    this.#prompt();
    const next = this.#person ? linesOf(this.#lines) : linesWithNext(this.#lines);
    for await (const [line, following] of next) {
      if (this.#typed.length === 0 && isExit(line)) break;
      if (!(await this.#take(line, following)) && !this.#person) {
        this.#lines.close();
        return exitCodes.failure;
      }
      this.#prompt();
    }
    this.#lines.close();
    return (await this.#end()) ? exitCodes.fine : exitCodes.failure;
  }

  /** Waits no more for what is carried out, or gives up what was begun; with nothing begun, leaves. */
  #interrupt(): void {
    if (this.#letGo) {
      this.#letGo();
      return;
    }
    if (this.#typed.length === 0 && this.#lines.line === '') {
      this.#lines.close();
      return;
    }
    this.#typed = [];
    this.#terminal.out('');
    this.#lines.write(null, { ctrl: true, name: 'u' });
    this.#prompt();
  }

  #prompt(): void {
    if (!this.#person || this.#left) return;
    this.#lines.setPrompt(this.#typed.length > 0 ? '... ' : `${escaped(this.#place.id)}> `);
    this.#lines.prompt();
  }

  /** False when it has failed. */
  async #take(line: string, following: string | undefined): Promise<boolean> {
    this.#typed.push(line);
    const code = this.#typed.join('\n');
    const mayGoOn = code.length < mostOpen;
    if (mayGoOn && (isUnfinished(code) || (following !== undefined && goesOnWith(code, following))))
      return true;
    return this.#carryOut(code);
  }

  /** What a pipe has left open is told by the server. */
  #end(): Promise<boolean> {
    return this.#typed.length === 0 || this.#person
      ? Promise.resolve(true)
      : this.#carryOut(this.#typed.join('\n'));
  }

  async #carryOut(code: string): Promise<boolean> {
    this.#typed = [];
    if (code.trim() === '') return true;
    try {
      const answer = await this.#untilLetGo(carryOut(this.#place, code));
      if (!answer) return false;
      const { ended, text } = answer;
      if (ended === 'value') this.#terminal.out(escapedLines(text));
      else this.#terminal.err(escapedLines(text));
      return ended === 'value';
    } catch (error) {
      this.#terminal.err(`error ${escapedLines(reasonOf(error))}`);
      return false;
    }
  }

  /** Undefined when whoever typed it waits no more: the server does not hear of that. */
  async #untilLetGo<T>(work: Promise<T>): Promise<T | undefined> {
    const letGo = new Promise<undefined>((resolve) => {
      this.#letGo = () => resolve(undefined);
    });
    try {
      const answer = await Promise.race([work, letGo]);
      if (answer === undefined) {
        work.catch(() => {}); // nobody waits for how it ends
        this.#terminal.err(`not waited for any more: ${escaped(this.#place.id)} may still be at it`);
      }
      return answer;
    } finally {
      this.#letGo = undefined;
    }
  }
}
