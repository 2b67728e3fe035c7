import type { LogPart, LogPosition, LogRequest } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import type { MasterClient } from '../../master-client.js';
import type { LogSource } from './log-source.js';

/** Longest text of one part, in characters: masters of a former build tell 4 MiB of a log. */
const longestPart = 4 * 1024 ** 2 + 1024;
/** Longest text before a position by which its file is known, in characters. */
const longestBefore = 4096;

/** Logs through a master that is asked over its admin. It may be anybody: no part is longer than any that a master tells, and each goes on from the one before. */
export function logsOf(client: MasterClient): LogSource {
  return {
    ids: async () => (await client.operate('servers.list', {})).map(({ id }) => id),
    read: async (id, request) => checked(request, await client.operate('log.read', { id, request })),
    close: () => client.close(),
  };
}

function checked(request: LogRequest, part: LogPart): LogPart {
  const { lines, next, more } = part;
  const length = lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (length > longestPart) throw wrong(`${length} characters at once`);
  if (next.before.length > longestBefore) throw wrong('a position that is none');
  if (more && 'after' in request && isSame(request.after, next))
    throw wrong('that there is more, and nothing of it');
  return part;
}

const isSame = (one: LogPosition, other: LogPosition): boolean =>
  one.offset === other.offset && one.before === other.before;

const wrong = (what: string) =>
  new PomeloError('COMMAND_FAILED', {
    command: 'log.read',
    reason: `what the master tells is no log: ${what}`,
  });
