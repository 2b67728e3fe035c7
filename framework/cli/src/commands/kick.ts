import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { escaped } from '../view/escaped.js';
import { showTable } from '../view/table.js';
import { count } from '../view/units.js';

/** Options of `pomelo-ts users`. */
export interface UserOptions extends AskedOptions {
  readonly uid: string;
}

/** Options of `pomelo-ts kick`. */
export interface KickOptions extends UserOptions {
  /** What the clients are told. */
  readonly reason: string;
}

/** Ends all sessions of a user. */
export async function kick(options: KickOptions, terminal: Terminal): Promise<number> {
  const { uid, reason } = options;
  const { sessions, silent } = await withMaster(options, ({ client }) =>
    client.operate('users.kick', { uid, reason }),
  );
  const where = [...new Set(sessions.map(({ frontendId }) => frontendId))].join(' ');
  terminal.out(
    sessions.length === 0
      ? `${escaped(uid)} is not connected`
      : `ended ${count(sessions.length, 'session')} of ${escaped(uid)} on ${escaped(where)}`,
  );
  return tellSilent(silent, terminal);
}

/** Shows where a user is connected. */
export async function findUser(options: UserOptions, terminal: Terminal): Promise<number> {
  const { uid } = options;
  const { sessions, silent } = await withMaster(options, ({ client }) =>
    client.operate('users.find', { uid }),
  );
  const rows = sessions.map(({ frontendId, sessionId, address = '' }) => [frontendId, sessionId, address]);
  terminal.out(
    rows.length === 0
      ? `${escaped(uid)} is not connected`
      : showTable(['frontend', 'session', 'address'], rows, (_style, text) => text),
  );
  return tellSilent(silent, terminal);
}

/** What was said may be less than what there is. */
function tellSilent(
  silent: readonly { readonly id: string; readonly reason: string }[],
  terminal: Terminal,
): number {
  for (const { id, reason } of silent)
    terminal.err(`warning ${escaped(id)} did not answer, and may have the user, too: ${escaped(reason)}`);
  return silent.length > 0 ? exitCodes.failure : exitCodes.fine;
}
