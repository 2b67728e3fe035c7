import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RobotReport } from '@pomelo-ts/client/robot';
import { RunningCommand } from './cluster-process.js';
import type { RunningGame } from './game.js';
import { UserProject } from './user-project.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

const commandLine = join(repository, 'bin', 'pomelo-ts.mjs');

/** The players of the reference game. */
export const players = join(repository, 'game-server', 'robot', 'players.ts');

/** A folder of scripts, and load tests of a game with them. */
export class LoadTests implements Disposable {
  readonly #game: RunningGame;
  readonly #project: UserProject;

  constructor(game: RunningGame, scripts: Readonly<Record<string, string>> = {}) {
    this.#game = game;
    this.#project = new UserProject(scripts);
  }

  file(name: string): string {
    return join(this.#project.root, name);
  }

  /** Begins `pomelo-ts robot` with a script of this folder or an absolute one, through the game's gate. */
  begin(script: string, ...args: string[]): RunningCommand {
    const file = script.startsWith('/') ? script : this.file(script);
    return new RunningCommand(['robot', file, '--directory', this.#game.root, ...args], { NO_COLOR: '1' });
  }

  run(script: string, ...args: string[]): RunningCommand['ended'] {
    return this.begin(script, ...args).ended;
  }

  /** As {@link begin}, as text for the shell of a terminal. */
  commandText(script: string, ...args: string[]): string {
    const file = script.startsWith('/') ? script : this.file(script);
    const call = [process.execPath, commandLine, 'robot', file, '--directory', this.#game.root, ...args];
    return `env -u CI LANG=C.UTF-8 ${call.join(' ')}`;
  }

  /** What tsc finds wrong with the scripts. */
  async compile(): Promise<string> {
    const compilerOptions = { strict: true, module: 'nodenext', types: ['node'], noEmit: true };
    this.#project.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['robot'] }));
    return (await this.#project.compile()).text;
  }

  /** The report that was written as JSON. */
  report(name: string): RobotReport {
    return JSON.parse(readFileSync(this.file(name), 'utf8')) as RobotReport;
  }

  [Symbol.dispose](): void {
    this.#project[Symbol.dispose]();
  }
}

/** Pids of the worker processes of a load test. */
export function workersOf({ child }: RunningCommand): number[] {
  const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}
