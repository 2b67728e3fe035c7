import type { Progress } from '@pomelo-ts/master';
import type { MasterClient } from '../../master-client.js';
import { shown } from '../../view/top/keys/line-keys.js';
import { type ProfileWish, profileWish } from '../../view/top/profile-wish.js';
import type { Action, Order } from '../../view/top/screen-state.js';
import { count, showBytes } from '../../view/units.js';
import { ProfileFile } from '../profile/profile-file.js';
import { fileOf } from '../profile.js';

/** What was asked for on the screen. */
export interface Ordered {
  readonly action: Order;
  readonly ids: readonly string[];
  readonly more?: string;
}

type Tell = (text: string) => void;

/** Has done what was asked for, and tells how that goes. @throws what the master, or the disk, says against it */
export function carryOutOrder(
  client: MasterClient,
  { action, ids, more = '' }: Ordered,
  tell: Tell,
): Promise<void> {
  if (action === 'kick') return kick(client, ids[0]!, more, tell);
  if (action === 'profile') return takeProfile(client, ids[0]!, profileWish(more)!, tell);
  return carryOutAction(client, action, ids, tell);
}

async function kick(client: MasterClient, uid: string, reason: string, tell: Tell): Promise<void> {
  const { sessions, silent } = await client.operate('users.kick', { uid, ...(reason !== '' && { reason }) });
  const where = [...new Set(sessions.map(({ frontendId }) => frontendId))];
  const ended =
    sessions.length === 0
      ? 'is not connected'
      : `ended ${count(sessions.length, 'session')} on ${shown(where)}`;
  const others = silent.length === 0 ? '' : `; no answer from ${shown(silent.map(({ id }) => id))}`;
  tell(`kick ${uid}: ${ended}${others}`);
}

async function takeProfile(client: MasterClient, id: string, wish: ProfileWish, tell: Tell): Promise<void> {
  const name = fileOf(id, wish.kind === 'heap');
  const file = new ProfileFile(name, false);
  try {
    const { bytes } = await client.operate('servers.profile', { id, wish }, ({ base64 }) =>
      file.write(Buffer.from(base64, 'base64')),
    );
    file.close();
    tell(`profile ${id}: wrote ${name} (${showBytes(bytes)})`);
  } catch (error) {
    file.drop();
    throw error;
  }
}

/** Has servers restarted, stopped, and so on. */
async function carryOutAction(
  client: MasterClient,
  action: Action,
  ids: readonly string[],
  tell: Tell,
): Promise<void> {
  const what = `${action} ${shown(ids)}`;
  await client.operate(`servers.${action}`, { ids: [...ids] }, (progress) => {
    const news = newsOf(progress);
    if (news !== undefined) tell(`${what}: ${news}`);
  });
  tell(`${what}: done`);
}

function newsOf(progress: Progress): string | undefined {
  switch (progress.kind) {
    case 'waiting':
      return `waits for ${progress.operation}`;
    case 'warning':
      return progress.text;
    case 'tier':
      return undefined;
    case 'operation':
      return `operation ${progress.operation.id} ${progress.operation.state}`;
    default:
      return `${progress.id} ${progress.state}`;
  }
}
