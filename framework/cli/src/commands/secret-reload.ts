import { exitCodes } from '../failure.js';
import { endFormerSecret } from '../former-secret.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { requireOwnMaster } from '../operator.js';
import type { Terminal } from '../terminal.js';
import { count } from '../view/units.js';

/** Has the master of this host read its secrets anew, and tell all servers their new keys. */
export async function secretReload(options: GlobalOptions, terminal: Terminal): Promise<number> {
  const { client, state } = await requireOwnMaster(gameRoot(options.directory), options.env);
  try {
    const { secrets, servers } = await client.operate('secret.reload', {});
    terminal.out(
      secrets === 1
        ? 'one secret is taken from now on'
        : 'two secrets are taken from now on: the new one, and the one before it',
    );
    terminal.out(
      state.standby ? 'this master stands by' : `${count(servers, 'server')} told; no connection was cut`,
    );
    if (secrets > 1)
      terminal.out(
        `next: the same on every other host where a master runs; then on each of them, first where the master leads: ${endFormerSecret}`,
      );
    return exitCodes.fine;
  } finally {
    client.close();
  }
}
