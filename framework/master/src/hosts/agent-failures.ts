import { PomeloError } from '@pomelo-ts/common';
import type { LaunchOrder } from '../processes/process-host.js';
import { pidOf } from './agent-answers.js';
import type { AgentMethod } from './agent-messages.js';
import { lineOf, objectOf, textOf, wholeOf } from './said.js';

type Said = Readonly<Record<string, unknown>>;
type Raise = (host: string, asked: readonly unknown[], facts: Said) => PomeloError;

/** The errors of the table that an agent raises; what this end knows by itself is not taken from it. */
const raised: Readonly<Partial<Record<AgentMethod, Readonly<Record<string, Raise>>>>> = {
  launch: {
    SERVER_RUNS_ALREADY: (host, [order], { pid, bootId }) => {
      const { id: serverId } = (order as LaunchOrder).server;
      return new PomeloError('SERVER_RUNS_ALREADY', {
        serverId,
        host,
        pid: pidOf(pid),
        bootId: lineOf(bootId),
      });
    },
    TERM_OVER: (host, [order], { later, file }) => {
      const { id: serverId, term = 0 } = (order as LaunchOrder).boot;
      const own = { serverId, host, term };
      return new PomeloError('TERM_OVER', { ...own, later: wholeOf(later, 0), file: lineOf(file) });
    },
  },
  readLog: {
    LOG_MISSING: (host, [id], { reason }) =>
      new PomeloError('LOG_MISSING', { serverId: textOf(id), reason: `${host} says: ${lineOf(reason)}` }),
  },
};

/**
 * The error that an agent has failed with at an order that had these arguments: the same as there where it is one that agents raise, else
 * the word of its host. Throws when it is none.
 */
export function readFailure(
  host: string,
  method: AgentMethod,
  asked: readonly unknown[],
  value: unknown,
): PomeloError {
  const { message, code, facts } = objectOf(value);
  const known = raised[method] ?? {};
  if (typeof code === 'string' && Object.hasOwn(known, code))
    return known[code]!(host, asked, objectOf(facts));
  return new PomeloError('HOST_FAILED', { host, reason: lineOf(message) });
}
