import { join } from 'node:path';
import { type LogPart, type LogRequest, readLog } from '@pomelo-ts/cluster/masters';
import { PomeloError, reasonOf } from '@pomelo-ts/common';

/** Reads a part of the log that a server, or the master, has below a game's root on this machine. @throws LOG_MISSING */
export async function readServerLog(root: string, id: string, request: LogRequest): Promise<LogPart> {
  const file = join('logs', `${id}.log`);
  try {
    return await readLog(join(root, file), request);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing
      ? `there is no file ${file}: it has not run yet, or writes to a terminal`
      : reasonOf(error);
    throw new PomeloError('LOG_MISSING', { serverId: id, reason });
  }
}
