import { type ErrorData, isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { LinkChannel } from '../link/channel.js';
import type { OperatorAnswer, OperatorRequest } from '../link/messages.js';
import { type FaultNotes, noteFault } from './faults.js';

/** Carries out a command of an operator; what it throws is the operator's answer. */
export type OperatorHandler = (
  command: string,
  args: Readonly<Record<string, unknown>>,
  progress: (event: unknown) => void,
) => Promise<unknown>;

/** Serves one operator's requests until the channel closes. */
export function serveOperator(
  channel: LinkChannel,
  handler: OperatorHandler | undefined,
  notes: FaultNotes,
): void {
  channel.onClosed = (error) => noteFault(notes, error, { operator: channel.peer });
  const answer = (message: OperatorAnswer) => channel.send(message);
  channel.onMessage = (message) => {
    if (message.t === 'ping') {
      channel.owe('beat', () => answer({ t: 'beat' }));
      return;
    }
    const { t, n, command, args } = message as Partial<OperatorRequest>;
    if (t !== 'request' || typeof n !== 'number' || typeof command !== 'string')
      throw channel.invalid(`${message.t} is no request of an operator`);
    const progress = (event: unknown) => answer({ t: 'progress', n, event });
    const facts = typeof args === 'object' && args !== null ? (args as Record<string, unknown>) : {};
    const work = handler
      ? handler(command, facts, progress)
      : Promise.reject(new Error('this master takes no commands'));
    work.then(
      (result) => answer({ t: 'reply', n, result: result ?? null }),
      (error: unknown) => answer({ t: 'failed', n, error: dataOf(error) }),
    );
  };
}

function dataOf(error: unknown): ErrorData {
  return { code: isPomeloError(error) ? error.code : 'UNKNOWN', message: reasonOf(error) };
}
