import { type Clock, delay, PomeloError } from '@pomelo-ts/common';
import { showExit } from '../processes/server-process.js';
import type { ServerRecord } from './server-record.js';

const ended: ReadonlySet<string> = new Set(['gone', 'down', 'failed']);

/**
 * Waits until this life of the server is ready.
 *
 * @throws SERVER_START_FAILED with the server's own error and the last lines of its log; SERVER_START_TIMEOUT.
 */
export function awaitReady(record: ServerRecord, ms: number, clock: Clock): Promise<void> {
  const { bootId } = record;
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      stopListening();
      cancel();
      act();
    };
    const look = () => {
      if (record.bootId === bootId && record.state === 'ready') settle(resolve);
      else if (record.bootId !== bootId || ended.has(record.state) || record.error)
        settle(() => void failureOf(record, clock).then(reject));
    };
    const stopListening = record.onChange(look);
    const cancel = clock.after(ms, () =>
      settle(() => {
        const { id: serverId, state } = record;
        reject(new PomeloError('SERVER_START_TIMEOUT', { serverId, ms, state }));
      }),
    );
    look();
  });
}

/** How long the log of a failed server may take to arrive, in ms. */
const logMs = 1000;

async function failureOf(record: ServerRecord, clock: Clock): Promise<PomeloError> {
  const { id, error } = record;
  const own = error?.startsWith(`${id} `) ? error.slice(id.length + 1) : error; // its id stands before the colon
  const ended =
    record.end?.kind === 'hang' ? record.end.text : record.exit && `it ended with ${showExit(record.exit)}`;
  const reason = own ?? ended ?? 'it was stopped';
  const lines = record.process ? await Promise.race([record.process.lastLines(), delay(logMs, clock)]) : [];
  const more = (lines ?? []).filter((line) => !reason.includes(line.trim()));
  const log = more.length ? `\nIts last lines:\n${more.map((line) => `  ${line}`).join('\n')}` : '';
  return new PomeloError('SERVER_START_FAILED', { serverId: id, reason: reason + log });
}
