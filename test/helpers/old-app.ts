import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandResult, RunningCommand } from './cluster-process.js';
import { freePort } from './free-port.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

type Entry = { port?: number; clientPort?: number };

/** A copy of an app that was written for pomelo or pinus, with its one import changed and on ports that nobody has. */
export class OldApp implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-old-app-'));
  /** Lines that the change of the import has touched, as `file: line`. */
  readonly changed: string[] = [];

  private constructor(fixture: string, own: string, standIn: boolean) {
    cpSync(join(repository, 'test', 'fixtures', fixture), this.root, { recursive: true });
    this.#install(own);
    if (!standIn) for (const file of this.#sources(this.root)) this.#changeImports(file, own);
  }

  /**
   * Makes the copy; `own` is the package that the app was written for. With `standIn` its imports stay, and
   * `@pomelo-ts/compat` is installed by that package's name.
   */
  static async make(fixture: string, own: 'pomelo' | 'pinus', standIn = false): Promise<OldApp> {
    const app = new OldApp(fixture, own, standIn);
    await app.#movePorts();
    if (existsSync(join(app.root, 'tsconfig.json'))) app.#compile();
    return app;
  }

  /** The development part of a file in `config/`. */
  config<T>(name: string): T {
    return JSON.parse(readFileSync(join(this.root, 'config', `${name}.json`), 'utf8')).development as T;
  }

  get gatePort(): number {
    return this.config<{ gate: [{ clientPort: number }] }>('servers').gate[0].clientPort;
  }

  /** Starts it as an operator does, in many processes or with `--single` in one; resolves when all servers are ready. */
  async start(...args: string[]): Promise<RunningOldApp> {
    const command = new RunningCommand(['start', '--directory', this.#folder, ...args], {});
    await command.says('servers ready');
    return new RunningOldApp(command);
  }

  /** Runs a command for it. */
  run(command: string, ...args: string[]): Promise<CommandResult> {
    return new RunningCommand([command, '--directory', this.#folder, ...args], {}).ended;
  }

  /** Changes one place in a file. */
  change(file: string, from: string, to: string): void {
    const path = join(this.root, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Where it is started, as before: pinus' apps in what tsc made. */
  get #folder(): string {
    const compiled = join(this.root, 'dist');
    return existsSync(compiled) ? compiled : this.root;
  }

  /** As the `build` of such an app does, with the TypeScript whose settings are nearest to those of its days. */
  #compile(): void {
    const tsc = join(repository, 'node_modules', 'typescript6', 'bin', 'tsc');
    try {
      execFileSync(process.execPath, [tsc, '--project', this.root, '--ignoreDeprecations', '6.0']);
    } catch (error) {
      throw new Error(`the app does not compile:\n${(error as { stdout: Buffer }).stdout}`);
    }
    cpSync(join(this.root, 'config'), join(this.root, 'dist', 'config'), { recursive: true });
  }

  /** As `npm install <own>@npm:@pomelo-ts/compat` would do it, beside all else. */
  #install(own: string): void {
    const from = join(repository, 'node_modules');
    const to = join(this.root, 'node_modules');
    mkdirSync(to);
    for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name));
    symlinkSync(join(repository, 'framework', 'compat'), join(to, own));
  }

  #sources(folder: string): string[] {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      if (name === 'node_modules') return [];
      if (statSync(path).isDirectory()) return this.#sources(path);
      return /\.[jt]s$/.test(name) ? [path] : [];
    });
  }

  #changeImports(file: string, own: string): void {
    const lines = readFileSync(file, 'utf8').split('\n');
    const changed = lines.map((line) => line.replace(`'${own}'`, "'@pomelo-ts/compat'"));
    for (const [index, line] of changed.entries())
      if (line !== lines[index]) this.changed.push(`${relative(this.root, file)}: ${line}`);
    writeFileSync(file, changed.join('\n'));
  }

  async #movePorts(): Promise<void> {
    const servers = this.config<Record<string, Entry[]>>('servers');
    for (const entry of Object.values(servers).flat()) {
      if (entry.port !== undefined) entry.port = await freePort();
      if (entry.clientPort !== undefined) entry.clientPort = await freePort();
    }
    const master = { ...this.config<object>('master'), port: await freePort() };
    for (const [name, development] of Object.entries({ servers, master }))
      writeFileSync(join(this.root, 'config', `${name}.json`), JSON.stringify({ development }));
  }
}

/** The command that runs an {@link OldApp}. */
export class RunningOldApp implements AsyncDisposable {
  readonly command: RunningCommand;

  constructor(command: RunningCommand) {
    this.command = command;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.command.child.kill('SIGTERM');
    const { code, stderr } = await this.command.ended;
    if (code !== 0) throw new Error(`the app stopped with exit code ${code}: ${stderr}`);
  }
}
