import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LogPart, type LogRequest, readLog } from '@pomelo-ts/cluster/masters';
import { type ErrorCode, isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { findMaster, listServers, type RunningMaster } from '../../operator.js';

/** Errors that tell of no master that can be asked. */
const silent: ReadonlySet<ErrorCode> = new Set([
  ...(['NO_LEADER', 'MASTER_UNREACHABLE', 'MASTER_HANGS', 'START_UNDER_WAY'] as const),
]);

/** Where logs are read. */
export interface LogSource {
  /** Whose logs there may be. */
  ids(): Promise<readonly string[]>;
  /** @throws LOG_MISSING and others; what it throws is told */
  read(id: string, request: LogRequest): Promise<LogPart>;
  close(): void;
}

/** Logs through the master; while none runs, those that are files of this host. */
export async function openLogs(root: string, env: string | undefined): Promise<LogSource> {
  const source = new MasterLogs(root, env);
  await source.look();
  return source;
}

class MasterLogs implements LogSource {
  readonly #root: string;
  readonly #env: string | undefined;
  #master: RunningMaster | undefined;

  constructor(root: string, env: string | undefined) {
    this.#root = root;
    this.#env = env;
  }

  /** Looks for a master that runs now. Where none leads or answers, the files of this machine are what there is. */
  async look(): Promise<RunningMaster | undefined> {
    this.#master ??= await findMaster(this.#root, this.#env).catch((error: unknown) => {
      if (isPomeloError(error) && silent.has(error.code)) return undefined;
      throw error;
    });
    return this.#master;
  }

  async ids(): Promise<readonly string[]> {
    const master = await this.look();
    const files = this.#files();
    if (!master) return files;
    const servers = (await listServers(master)).map(({ id }) => id);
    return files.includes('master') ? [...servers, 'master'] : servers;
  }

  async read(id: string, request: LogRequest): Promise<LogPart> {
    const master = await this.look();
    if (!master) return this.#readFile(id, request);
    try {
      return await master.client.operate('log.read', { id, request });
    } catch (error) {
      if (error instanceof PomeloError && error.code === 'LINK_LOST') this.close(); // the next time another may run
      throw error;
    }
  }

  close(): void {
    this.#master?.client.close();
    this.#master = undefined;
  }

  #files(): readonly string[] {
    const folder = join(this.#root, 'logs');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => name.slice(0, -'.log'.length))
      .sort();
  }

  async #readFile(id: string, request: LogRequest): Promise<LogPart> {
    try {
      return await readLog(join(this.#root, 'logs', `${id}.log`), request);
    } catch (error) {
      throw new PomeloError('LOG_MISSING', {
        serverId: id,
        reason: `no master runs, and ${reasonOf(error)}`,
      });
    }
  }
}
