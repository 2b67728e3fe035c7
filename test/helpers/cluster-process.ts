import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';
import type { LabHost } from './netlab.js';

/** The root of this repository. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));
/** The command of this repository. */
export const commandLine = join(repositoryRoot, 'bin', 'pomelo-ts.mjs');
/** What servers of these tests run: no game, only the link. */
export const fixtureServer = join(repositoryRoot, 'test', 'helpers', 'fixture-server.mjs');

/** Longest wait for what a command says, in ms: less than a test has, so that it can still clean up. */
const longestWaitMs = 40_000;

/** What a command has left behind. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `pomelo-ts` command that runs. */
export class RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  stdout = '';
  stderr = '';
  #changed: () => void = () => {};

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    on?: LabHost,
    node = process.execPath,
  ) {
    const { POMELO_TS_SECRET: _, DEBUG: __, ...inherited } = process.env;
    const words = [commandLine, ...args];
    this.child =
      on?.begin(node, words, env) ??
      spawn(node, words, { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout!.on('data', (chunk: Buffer) => this.#add('stdout', chunk));
    this.child.stderr!.on('data', (chunk: Buffer) => this.#add('stderr', chunk));
    this.ended = once(this.child, 'close').then(([code]) => {
      this.#changed();
      return { code: code as number | null, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Waits until standard output has `text`; throws with what it wrote when it ends before, or says nothing of the kind in time. */
  says(text: string): Promise<void> {
    return this.#has('stdout', text);
  }

  /** As {@link says}, for standard error. */
  warns(text: string): Promise<void> {
    return this.#has('stderr', text);
  }

  async #has(stream: 'stdout' | 'stderr', text: string): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#changed();
    }, longestWaitMs);
    while (!this[stream].includes(text)) {
      if (late || this.child.exitCode !== null || this.child.signalCode !== null) {
        clearTimeout(timer);
        throw new Error(`no "${text}" in:\n${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    clearTimeout(timer);
  }

  #add(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString();
    this.#changed();
  }
}

/** What tests look at in a row of `list --json`. */
export interface TestRow {
  readonly state: string;
  /** Seconds since its link was lost. */
  readonly lostFor?: number;
  readonly pid?: number;
  readonly restarts: number;
  readonly uptime?: number;
  readonly exit?: string;
  readonly external?: boolean;
}

/** Settings of a {@link TestGame}. */
export interface GameOptions {
  /** What master.json says beside the port. */
  readonly master?: object;
  /** Environment variables of its commands. */
  readonly env?: Readonly<Record<string, string>>;
  /** Servers run the framework's own boot script instead of the fixture. */
  readonly ownBoot?: boolean;
  /** Host of a lab that commands run on. @default this machine */
  readonly on?: LabHost;
}

/** A game's folder with its own free master port, and the commands that run for it. */
export class TestGame {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-game-'));
  readonly #env: Readonly<Record<string, string>>;
  readonly #bootScript: string | undefined;
  readonly #commands: RunningCommand[] = [];
  /** Variables of the next commands, over those of all. */
  moreEnv: Readonly<Record<string, string>> = {};
  /** Host that the next commands run on. */
  on: LabHost | undefined;
  /** What runs the next commands. @default the node of this process */
  node: string | undefined;

  private constructor(env: Readonly<Record<string, string>>, bootScript: string | undefined) {
    this.#env = env;
    this.#bootScript = bootScript;
  }

  /** Makes a game with these servers by type, for any environment. */
  static async make(
    servers: Readonly<Record<string, readonly object[]>>,
    options: GameOptions = {},
  ): Promise<TestGame> {
    const game = new TestGame(options.env ?? {}, options.ownBoot ? undefined : fixtureServer);
    game.on = options.on;
    for (const type of Object.keys(servers))
      mkdirSync(join(game.root, 'app', 'servers', type), { recursive: true });
    mkdirSync(join(game.root, 'config'));
    writeFileSync(join(game.root, 'app.js'), '');
    game.write('config/servers.json', servers);
    game.write('config/master.json', { port: await freePort(), ...options.master });
    return game;
  }

  /** The reference game of this repository on these servers, with its own code and the framework's own boot script. */
  static async ofReference(servers: Readonly<Record<string, readonly object[]>>): Promise<TestGame> {
    const game = await TestGame.make(servers, { ownBoot: true });
    game.write('package.json', { 'pomelo-ts': { app: join(repositoryRoot, 'game-server', 'dist') } });
    return game;
  }

  write(file: string, content: unknown): void {
    writeFileSync(join(this.root, file), JSON.stringify(content));
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  files(directory: string): string[] {
    return readdirSync(join(this.root, directory)).sort();
  }

  /** What masters have left in the folder of their own files, beside what must stay: terms, names of secrets, and the audit log. */
  leftBehind(): string[] {
    return readdirSync(join(this.root, '.pomelo-ts'), { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() &&
          !['revision', 'term', 'secret-names'].includes(entry.name) &&
          !entry.parentPath.endsWith('audit'),
      )
      .map(({ name }) => name)
      .sort();
  }

  /** Begins a command. */
  begin(command: string, ...args: string[]): RunningCommand {
    const boots = command === 'start' || command === 'run';
    const boot = boots && this.#bootScript ? ['--boot-script', this.#bootScript] : [];
    const running = new RunningCommand(
      [command, '--directory', this.root, ...args, ...boot],
      { ...this.#env, ...this.moreEnv },
      this.on,
      this.node,
    );
    this.#commands.push(running);
    return running;
  }

  /** Runs a command to its end. */
  run(command: string, ...args: string[]): Promise<CommandResult> {
    return this.begin(command, ...args).ended;
  }

  /** The rows of `list --json`, by id. */
  async rows(): Promise<Record<string, TestRow>> {
    const { stdout, stderr } = await this.run('list', '--json');
    if (!stdout) throw new Error(stderr);
    return Object.fromEntries(JSON.parse(stdout).map((row: { id: string }) => [row.id, row]));
  }

  /** Pids of all processes that run this game's servers or its daemon. */
  pids(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          return readlinkSync(`/proc/${pid}/cwd`) === this.root;
        } catch {
          return false; // it has ended, or is not ours to look at
        }
      })
      .map(Number);
  }

  /** What all its commands have said. */
  get said(): string {
    return this.#commands.map(({ stdout, stderr }) => stdout + stderr).join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#commands) if (child.exitCode === null) child.kill('SIGKILL');
    for (const pid of this.pids()) killIfThere(pid);
    await Promise.all(this.#commands.map(({ ended }) => ended));
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Some end by themselves when others are killed. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A command of `game` as text for a shell. */
export function commandText(
  game: TestGame,
  command: string,
  { env = {} }: Pick<GameOptions, 'env'> = {},
  ...args: string[]
): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  const boot = command === 'start' ? ['--boot-script', fixtureServer] : [];
  const words = [process.execPath, commandLine, command, '-d', game.root, ...args, ...boot];
  return ['env -u CI LANG=C.UTF-8', ...variables, ...words].join(' ');
}

/** Waits until `check` gives something truthy. */
export async function eventually<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
  ms = 20_000,
): Promise<T> {
  for (const end = performance.now() + ms; ; ) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`${what} did not come true within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
