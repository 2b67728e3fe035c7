import { createInterface, type Interface } from 'node:readline';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { Operations, Verb } from '@pomelo-ts/master';
import { type AskedOptions, askedMaster } from '../asked-master.js';
import { complete } from '../console/complete.js';
import { type KnownOperation, knownOperations } from '../console/known-operation.js';
import { whyNoServer, whyNoServers } from '../console/no-server.js';
import { oldCommands, oldUsage } from '../console/old-commands.js';
import { type ConsoleCommand, readCommand, whyUnknown } from '../console/read-command.js';
import { showAnswer } from '../console/show-answer.js';
import { exitCodes } from '../failure.js';
import type { MasterClient } from '../master-client.js';
import { paintFor, type Terminal } from '../terminal.js';
import { escaped, escapedLines, jsonText } from '../view/escaped.js';
import { plainProgress } from '../view/plain-progress.js';

/** Lines that are remembered while it is open. */
const history = 500;

/**
 * Takes commands line by line, from a person or from a pipe. A line that fails ends a pipe with exit code 1; a person is told, and asked before
 * anything changes.
 */
export async function openConsole(options: AskedOptions, terminal: Terminal): Promise<number> {
  const { client, env } = await askedMaster(options);
  try {
    const servers = await client.operate('servers.list', {});
    const known = {
      operations: knownOperations(),
      ids: servers.map(({ id }) => id),
      types: [...new Set(servers.map(({ type }) => type))],
    };
    const person = terminal.ask !== undefined;
    const lines = createInterface({
      input: process.stdin,
      ...(person && { output: process.stdout, historySize: history }),
      completer: (line: string) => complete(line, known),
    });
    if (person)
      terminal.out(
        `${escaped(env)}: ${servers.length} servers; help shows what there is, Tab completes, quit leaves`,
      );
    return await new Console({ client, operations: known.operations, lines, terminal, person }).run();
  } finally {
    client.close();
  }
}

interface ConsoleParts {
  readonly client: MasterClient;
  readonly operations: ReadonlyMap<string, KnownOperation>;
  readonly lines: Interface;
  readonly terminal: Terminal;
  /** Whether somebody answers questions. */
  readonly person: boolean;
}

class Console {
  readonly #parts: ConsoleParts;
  #using: string | undefined;
  #left = false;
  /** Answers the question that is open with a no. */
  #refuse: (() => void) | undefined;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  async run(): Promise<number> {
    const { lines, person } = this.#parts;
    lines.on('SIGINT', () => this.#interrupt());
    lines.once('close', () => {
      this.#left = true;
    });
    this.#prompt();
    for await (const line of lines) {
      const end = await this.#obey(line);
      if (end === 'quit') break;
      if (end === 'failed' && !person) {
        lines.close();
        return exitCodes.failure;
      }
      this.#prompt();
    }
    lines.close();
    return exitCodes.fine;
  }

  /** Of a question a no; gives up the line that is begun; with none begun, leaves. */
  #interrupt(): void {
    const { lines, terminal } = this.#parts;
    if (this.#refuse) this.#refuse();
    else if (lines.line === '') lines.close();
    else {
      terminal.out('');
      lines.write(null, { ctrl: true, name: 'u' });
      this.#prompt();
    }
  }

  #prompt(): void {
    const { lines, person } = this.#parts;
    if (!person || this.#left) return;
    lines.setPrompt(this.#using === undefined ? '> ' : `${escaped(this.#using)}> `);
    lines.prompt();
  }

  async #obey(line: string): Promise<'quit' | 'failed' | 'done'> {
    const { operations, terminal } = this.#parts;
    try {
      const command = readCommand(line, { operations, using: this.#using });
      if (command.kind === 'quit') return 'quit';
      await this.#carryOut(command);
      return 'done';
    } catch (error) {
      terminal.err(`error ${escapedLines(isPomeloError(error) ? error.message : reasonOf(error))}`);
      return 'failed';
    }
  }

  async #carryOut(command: ConsoleCommand): Promise<void> {
    if (command.kind === 'use') await this.#use(command.id);
    else if (command.kind === 'help') this.#help(command.about);
    else if (command.kind === 'operation') await this.#operate(command.verb, command.args);
  }

  /** @throws when there is no such server */
  async #use(id: string | undefined): Promise<void> {
    const servers = await this.#parts.client.operate('servers.list', {});
    const why = id === undefined ? undefined : whyNoServer(id, servers);
    if (why !== undefined) throw new Error(why);
    this.#using = id;
  }

  async #operate(verb: Verb, args: object): Promise<void> {
    const { client, operations, terminal, person } = this.#parts;
    const { changes, effect } = operations.get(verb)!;
    if (changes && person) await this.#requireServers(verb, args);
    if (changes && person && !(await this.#mayChange(`${verb} ${jsonText(args)}\n${effect}`))) {
      terminal.out('nothing was done');
      return;
    }
    const view = plainProgress(terminal);
    const asked = args as Operations[Verb]['args']; // the master reads it by the table, and says what is wrong
    const answer = await client.operate(verb, asked, (event) => {
      if (typeof event === 'object' && event !== null && 'kind' in event) view.onProgress(event as never);
    });
    terminal.out(showAnswer({ verb, args }, answer, paintFor(terminal)));
  }

  /** Nobody is asked whether something is meant that cannot be done. */
  async #requireServers(verb: Verb, args: object): Promise<void> {
    const servers = await this.#parts.client.operate('servers.list', {});
    const why = whyNoServers(verb, { ...args }, servers);
    if (why !== undefined) throw new Error(why);
  }

  /** Ctrl-C and Ctrl-D are a no. */
  #mayChange(what: string): Promise<boolean> {
    const { lines, terminal } = this.#parts;
    return new Promise((resolve) => {
      const question = new AbortController();
      const give = (yes: boolean) => {
        lines.off('close', refuse);
        this.#refuse = undefined;
        resolve(yes);
      };
      const refuse = () => {
        question.abort();
        terminal.out('');
        if (!this.#left) lines.write(null, { ctrl: true, name: 'u' });
        give(false);
      };
      this.#refuse = refuse;
      lines.once('close', refuse);
      terminal.out(what);
      lines.question('Type y to have it done: ', question, (answer) => give(answer.trim() === 'y'));
    });
  }

  #help(about: string | undefined): void {
    const { operations, terminal } = this.#parts;
    const known = about === undefined ? undefined : operations.get(about);
    if (about !== undefined && Object.hasOwn(oldUsage, about)) {
      terminal.out(oldUsage[about]!);
      return;
    }
    if (about !== undefined && !known) throw new Error(whyUnknown(about, operations));
    if (known) {
      const takes = [...known.arguments].map(([name, kind]) => `${name}=<${kind}>`).join(' ');
      const meant = [...known.words].map(([name, words]) => `\n  ${name.padEnd(10)} ${words}`);
      terminal.out(`${known.verb} ${takes}\n  ${known.effect}${meant.join('')}`);
      return;
    }
    const lines = [...operations.values()].map(({ verb, effect }) => `  ${verb.padEnd(20)} ${effect}`);
    const old = `  ${Object.keys(oldCommands).join(', ')}: as in pomelo-cli; use <id> has what follows be about that server`;
    terminal.out([...lines, old].join('\n'));
  }
}
