import type { Progress } from '@pomelo-ts/master';
import type { MasterClient } from '../../master-client.js';
import { shown } from '../../view/top/keys/line-keys.js';
import type { Action } from '../../view/top/screen-state.js';

/** Has servers restarted, stopped, and so on, and tells how that goes. @throws what the master says against it */
export async function carryOutAction(
  client: MasterClient,
  action: Action,
  ids: readonly string[],
  tell: (text: string) => void,
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
