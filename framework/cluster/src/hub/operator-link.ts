import { type ErrorData, isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { LinkChannel } from '../link/channel.js';
import type { LinkRole, OperatorAnswer, OperatorRequest } from '../link/messages.js';
import { type OperatorRole, type Principal, readPrincipal } from '../link/principal.js';
import { AskedRequests } from './asked-requests.js';
import { type FaultNotes, noteFault } from './faults.js';

/** What an operator asks for. */
export interface OperatorCall {
  /** Name of an operation. */
  readonly verb: string;
  readonly args: object;
  /** Who asks, by their own word. */
  readonly principal: Principal;
  /** What they may do, by what they have proved. */
  readonly role: OperatorRole;
  /** Aborted when the operator cancels it or its connection ends: nobody waits for it any more. */
  readonly gone: AbortSignal;
  /** Calls `say` as soon as little waits for the operator, and once however often that was asked until then. */
  whenRead(say: () => void): void;
}

/** Carries out what an operator asks for; what it throws is the operator's answer. */
export type OperatorHandler = (call: OperatorCall, progress: (event: unknown) => void) => Promise<unknown>;

/** What a key lets its holder ask a master for: that of operators, which all of them share, everything; that of a server nothing. */
export const roleByKey: Readonly<Record<LinkRole, OperatorRole | undefined>> = {
  operator: 'admin',
  server: undefined,
};

/** Serves one operator's requests until the channel closes. */
export function serveOperator(
  channel: LinkChannel,
  role: OperatorRole,
  handler: OperatorHandler | undefined,
  notes: FaultNotes,
): void {
  const requests = new AskedRequests();
  channel.onClosed = (error) => {
    noteFault(notes, error, { operator: channel.peer });
    requests.leave();
  };
  const answer = (message: OperatorAnswer) => channel.send(message);
  channel.onMessage = (message) => {
    if (message.t === 'ping') {
      channel.owe('beat', () => answer({ t: 'beat' }));
      return;
    }
    const { t, n, verb, args, principal } = message as Partial<OperatorRequest>;
    if (message.t === 'cancel' && typeof n === 'number') {
      requests.cancel(n);
      return;
    }
    if (t !== 'request' || typeof n !== 'number' || typeof verb !== 'string')
      throw channel.invalid(`${message.t} is no request of an operator`);
    const progress = (event: unknown) => answer({ t: 'progress', n, event });
    const facts = typeof args === 'object' && args !== null ? args : {};
    const whenRead = (say: () => void) => channel.owe(`request ${n}`, say);
    const call = {
      verb,
      args: facts,
      principal: readPrincipal(principal),
      role,
      gone: requests.begin(n),
      whenRead,
    };
    const work = handler
      ? handler(call, progress)
      : Promise.reject(new Error('this master takes no commands'));
    const end = (message: OperatorAnswer) => {
      requests.end(n);
      answer(message);
    };
    work.then(
      (result) => end({ t: 'reply', n, result: result ?? null }),
      (error: unknown) => end({ t: 'failed', n, error: dataOf(error) }),
    );
  };
}

function dataOf(error: unknown): ErrorData {
  return { code: isPomeloError(error) ? error.code : 'UNKNOWN', message: reasonOf(error) };
}
