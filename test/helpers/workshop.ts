import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

/** What a command that has ended has said, on both streams. */
export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** A folder elsewhere on this machine, of somebody who has the packages as they are published, and nothing of this repository. */
export class Workshop implements AsyncDisposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-workshop-'));
  readonly #running: RunningScript[] = [];
  #packed: readonly string[] = [];
  #installed: string | undefined;

  /** Packs every package, and installs them where `npm create` finds them. */
  static async open(): Promise<Workshop> {
    const workshop = new Workshop();
    const folders = readdirSync(join(repository, 'framework')).map((name) => `--workspace=framework/${name}`);
    const packs = join(workshop.root, 'packs');
    mkdirSync(packs);
    await npm(repository, 'pack', '--ignore-scripts', ...folders, '--pack-destination', packs, ...quiet);
    workshop.#packed = readdirSync(packs).map((file) => join(packs, file));
    const needed = workshop.#packed.filter((file) => !/-dev-\d/.test(file));
    workshop.write('package.json', '{}');
    await npm(workshop.root, 'install', '--no-save', ...quiet, ...needed);
    return workshop;
  }

  /** Makes a game as `npm create pomelo-ts` does; gives its folder. */
  async create(name: string, ...args: string[]): Promise<string> {
    await npm(this.root, 'create', '--yes', 'pomelo-ts', name, '--', ...args);
    const game = join(this.root, name);
    await movePorts(game);
    return game;
  }

  /** Installs what a game needs: the packages, as they were packed, in place of their versions in the registry. */
  async install(game: string): Promise<void> {
    await npm(game, 'install', '--no-save', ...quiet, ...this.#packed);
    this.#installed = join(game, 'node_modules');
  }

  /** Gives another game what {@link install} has installed; fails when that is not what the game asks for. */
  async share(game: string): Promise<void> {
    symlinkSync(this.#installed!, join(game, 'node_modules'));
    await npm(game, 'ls', '--depth=0');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  /** Begins `npm <args>` in a game. */
  begin(game: string, ...args: string[]): RunningScript {
    const script = new RunningScript(game, args);
    this.#running.push(script);
    return script;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((script) => script.end()));
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** An npm script that runs until it is interrupted. */
export class RunningScript {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  said = '';
  #changed: () => void = () => {};

  constructor(folder: string, args: readonly string[]) {
    // A group of its own, as a terminal gives it: Ctrl-C is for all in it.
    this.#child = spawn('npm', args, { cwd: folder, env: foreignEnv(), detached: true });
    this.#ended = once(this.#child, 'close').then(() => this.#changed());
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', (chunk: Buffer) => {
        this.said += chunk.toString();
        this.#changed();
      });
  }

  /** Waits until it has said `text`; throws with all that it has said when it ends before. */
  async says(text: string): Promise<void> {
    while (!this.said.includes(text)) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`no "${text}" in:\n${this.said}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Ctrl-C; resolves when all of it has ended. */
  async interrupt(): Promise<void> {
    process.kill(-this.#child.pid!, 'SIGINT');
    await this.#ended;
  }

  /** As {@link interrupt}, when it still runs. */
  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.interrupt();
    await this.#ended;
  }
}

/** Runs npm to its end. */
export function npmEnded(folder: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile('npm', args, { cwd: folder, env: foreignEnv() }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, said: stdout + stderr }),
    );
  });
}

/** Runs npm to its end, which must be a good one; gives what it has said. */
export async function npm(folder: string, ...args: string[]): Promise<string> {
  const { code, said } = await npmEnded(folder, ...args);
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
}

/** The environment without what these tests run in: vitest's, and npm's own of the script that has started it. */
export function foreignEnv(): NodeJS.ProcessEnv {
  const own =
    /^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|POMELO_TS_|INIT_CWD$|npm_(package|lifecycle|command|config_local))/;
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(repository));
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), NO_COLOR: '1', FORCE_COLOR: '0' };
}

/** Gives a game ports that nobody else has: the same edit of config/ that its owner would make. */
export async function movePorts(game: string): Promise<void> {
  for (const file of ['config/servers.json5', 'config/master.json5']) {
    let text = readFileSync(join(game, file), 'utf8');
    const ports = new Set([...text.matchAll(/ort": "?(\d{4})/g)].map(([, port]) => port!));
    for (const port of ports)
      text = text.replaceAll(new RegExp(`(ort": "?)${port}\\b`, 'g'), `$1${await freePort()}`);
    writeFileSync(join(game, file), text);
  }
}
