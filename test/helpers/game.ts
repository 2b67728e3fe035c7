import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerEntry } from '@pomelo-ts/cluster';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { startSingle } from '@pomelo-ts/core/single';
import JSON5 from 'json5';
import { RunningCommand } from './cluster-process.js';
import { freePort } from './free-port.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Settings of a {@link RunningGame}. */
export interface GameOptions {
  /** `single`: in this process; `processes`: as `npm start` does. */
  readonly mode: 'single' | 'processes';
  /** What the `client` part of settings.json5 says beside the repository's own. */
  readonly client?: Readonly<Record<string, unknown>>;
  /** Extra fields of the arena servers. */
  readonly arena?: { readonly roundSeconds?: number; readonly breakSeconds?: number };
}

/** The reference game as the repository configures it, on ports that nobody else has. */
export interface RunningGame extends AsyncDisposable {
  /** A copy of the repository's `config/`, and nothing else. */
  readonly root: string;
  readonly host: string;
  readonly gatePort: number;
  /** Client ports of the connectors. */
  readonly connectorPorts: readonly number[];
  /** The `pomelo-ts start` that runs it; only with `processes`. */
  readonly command?: RunningCommand;
}

/** Starts the reference game with the code in `dist`, in environment development. */
export async function startGame(options: GameOptions): Promise<RunningGame> {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-reference-'));
  const remove = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  try {
    const servers = await writeConfig(root, options);
    const run = options.mode === 'single' ? await runSingle(root) : await runProcesses(root);
    const portsOf = (type: string): number[] =>
      servers.filter((server) => server.type === type).map((server) => server.clientPort as number);
    return {
      root,
      host: '127.0.0.1',
      gatePort: portsOf('gate')[0]!,
      connectorPorts: portsOf('connector'),
      ...(run.command && { command: run.command }),
      [Symbol.asyncDispose]: async () => {
        await run.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

interface Run {
  readonly command?: RunningCommand;
  stop(): Promise<unknown>;
}

async function runSingle(root: string): Promise<Run> {
  const config = loadClusterConfig({ root, env: 'development' });
  const cluster = await startSingle({ config });
  return { stop: () => cluster.stop() };
}

async function runProcesses(root: string): Promise<Run> {
  const command = new RunningCommand(['start', '--directory', root], {});
  await command.says('servers ready');
  const stop = async (): Promise<void> => {
    command.child.kill('SIGTERM');
    const { code, stderr } = await command.ended;
    if (code !== 0) throw new Error(`the game stopped with exit code ${code}: ${stderr}`);
  };
  return { command, stop };
}

/** Copies the repository's configuration with other ports; gives its servers. */
async function writeConfig(root: string, options: GameOptions): Promise<ServerEntry[]> {
  cpSync(join(repository, 'config'), join(root, 'config'), { recursive: true });
  const { servers } = loadClusterConfig({ root: repository, env: 'development' });
  const ports: number[] = [];
  for (let n = 0; n < 2 * servers.length + 1; n++) ports.push(await freePort());
  const moved = servers.map((server): ServerEntry => {
    const { autoRestart: _, restartForce: __, maxConnections: ___, ...entry } = server;
    return {
      ...(entry as ServerEntry),
      ...(server.type === 'arena' && options.arena),
      ...(server.port !== undefined && { port: ports.pop()! }),
      ...(server.clientPort !== undefined && { clientPort: ports.pop()! }),
    };
  });
  const byType: Record<string, object[]> = {};
  for (const { type, ...entry } of moved) byType[type] = [...(byType[type] ?? []), entry];
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(root, name), JSON.stringify(value, null, 2));
  write('config/servers.json5', { development: byType });
  write('config/master.json5', { port: ports.pop() });
  const settings = JSON5.parse(readFileSync(join(repository, 'config/settings.json5'), 'utf8'));
  write('config/settings.json5', { ...settings, client: { ...settings.client, ...options.client } });
  write('package.json', { 'pomelo-ts': { app: join(repository, 'game-server/dist') } });
  return moved;
}
