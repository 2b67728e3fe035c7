import { type Clock, PomeloError } from '@pomelo-ts/common';
import { Asking } from './asking.js';
import type { HubMessage } from './messages.js';

/** What a master asks one of its servers; `send` takes the question there. */
export function askingServer(
  serverId: string,
  send: (question: Extract<HubMessage, { t: 'command' }>) => void,
  clock: Clock,
): Asking {
  return new Asking({
    clock,
    send: (question) => send({ t: 'command', ...question }),
    failed: (command, reason, data) => {
      const facts = { serverId, command, reason };
      if (data === undefined) return new PomeloError('SERVER_SILENT', facts);
      return new PomeloError('SERVER_COMMAND_FAILED', facts, { cause: { code: data.code } });
    },
  });
}
