import { type Row, showAge, showBytes, showCount, type ViewName } from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';
import { showTable } from '../../view/table.js';
import type { TextLine } from '../../view/top/screen-state.js';
import { hostFacts } from './host-facts.js';

/** What servers answer that are asked about a line of a view. @throws what keeps the master from asking */
export async function factsOf(client: MasterClient, view: ViewName, row: Row): Promise<readonly TextLine[]> {
  if (view === 'hosts') return hostFacts(client, row.key);
  if (view === 'channels') return channelFacts(client, String(row.cells['name']), String(row.cells['id']));
  const { uid } = row.cells;
  if (typeof uid !== 'string')
    return [{ text: 'a session without a uid: nothing else is known', style: 'dim' }];
  return userFacts(client, uid);
}

async function userFacts(client: MasterClient, uid: string): Promise<readonly TextLine[]> {
  const { sessions, channels, silent } = await client.operate('users.describe', { uid });
  const now = Date.now();
  const lines = sessions.map(({ frontendId, sessionId, address = '-', since, queue, requests }) => [
    frontendId,
    address,
    showAge(Math.max(0, now - since) / 1000),
    showBytes(queue),
    showCount(requests),
    sessionId,
  ]);
  return [
    { text: '' },
    { text: `sessions ${sessions.length}`, style: 'bold' },
    ...tableOf(['at', 'address', 'for', 'queue', 'asked', 'session'], lines),
    { text: '' },
    { text: `channels ${channels.length}`, style: 'bold' },
    ...tableOf(
      ['channel', 'at'],
      channels.map(({ name, server }) => [name, server]),
    ),
    ...silentLines(silent),
  ];
}

/** Members of a channel that are told. */
const mostMembers = 200;

async function channelFacts(client: MasterClient, name: string, id: string): Promise<readonly TextLine[]> {
  const { channels, silent } = await client.operate('channels.members', { name, limit: mostMembers });
  const { members = [], total = 0 } = channels.find(({ server }) => server === id) ?? {};
  const lines = members.map(({ uid, frontendId, sessionId }) => [
    uid === undefined ? '-' : String(uid),
    frontendId,
    sessionId ?? '',
  ]);
  const first = members.length < total ? `first ${members.length} of ` : '';
  return [
    { text: '' },
    { text: `members ${first}${total}`, style: 'bold' },
    ...tableOf(['user', 'at', 'session'], lines),
    ...silentLines(silent.filter((one) => one.id === id)),
  ];
}

function tableOf(heads: readonly string[], lines: readonly (readonly string[])[]): readonly TextLine[] {
  if (lines.length === 0) return [{ text: 'none', style: 'dim' }];
  const [head, ...others] = showTable(heads, lines, (_style, text) => text).split('\n');
  return [{ text: head!, style: 'dim' }, ...others.map((text) => ({ text }))];
}

const silentLines = (silent: readonly { readonly id: string; readonly reason: string }[]): TextLine[] =>
  silent.map(({ id, reason }) => ({ text: `no answer from ${id}: ${reason}`, style: 'yellow' }));
