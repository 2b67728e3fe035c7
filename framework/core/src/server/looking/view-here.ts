import { setImmediate as breath } from 'node:timers/promises';
import { loadLinearMatcher } from '@pomelo-ts/cluster/internal';
import { columnsOf, parseFilter, type Row, Selection, type ViewQuery } from '@pomelo-ts/views';
import type { Application } from '../../application.js';
import type { FrontendSession } from '../../session/frontend-session.js';
import type { SessionTable } from '../../session/session-table.js';

/** What a master asks a server for of a view that nobody keeps as a whole. */
export interface AskedView extends Pick<ViewQuery, 'filter' | 'sort' | 'ascending' | 'limit' | 'faulty'> {
  readonly view: 'users' | 'channels';
}

/** The first lines of a view on this server, in the order that was asked for. */
export interface ViewHere {
  readonly rows: readonly Row[];
  /** Lines that the filter lets through. */
  readonly matching: number;
  readonly total: number;
}

/** Lines that are looked at without a pause: less than a millisecond. */
const mostAtOnce = 1000;
/** Looks at once; who asks for one more is told so. */
const mostLooks = 4;
let looks = 0;

/**
 * Goes through this server's own lines, with a pause after each thousand, and keeps no more than the first ones. @throws FilterError; Error when
 * several look already
 */
export async function viewHere(app: Application, asked: AskedView): Promise<ViewHere> {
  if (looks >= mostLooks) throw new Error('several look at it already');
  looks++;
  try {
    const columns = columnsOf(asked.view);
    const filter = parseFilter(asked.filter, columns, await loadLinearMatcher());
    const selection = new Selection({ ...asked, growth: false }, columns, filter);
    let left = mostAtOnce;
    for (const row of linesOf(app, asked.view)) {
      selection.add(row);
      if (--left > 0) continue;
      left = mostAtOnce;
      await breath();
    }
    const { rows, matching, total } = selection;
    return { rows, matching, total };
  } finally {
    looks--;
  }
}

const linesOf = (app: Application, view: AskedView['view']): Iterable<Row> =>
  view === 'users' ? sessionsOf(app) : channelsOf(app);

function* sessionsOf({ sessions: { local }, serverId, settings }: Application): Iterable<Row> {
  const { maxBytes } = settings.settings.client.sendQueue;
  const now = Math.floor(Date.now() / 1000);
  for (const session of local?.all() ?? [])
    if (!session.gone) yield rowOf(session, local!, { serverId, now, slowBytes: maxBytes / 2 });
}

function rowOf(
  session: FrontendSession,
  table: SessionTable,
  {
    serverId,
    now,
    slowBytes,
  }: { readonly serverId: string; readonly now: number; readonly slowBytes: number },
): Row {
  const { id, uid, waiting, since, channels } = session;
  const queue = session.link.queuedBytes;
  const byUid = uid === undefined ? undefined : table.ofUid(uid)?.channels;
  return {
    key: id,
    trouble: queue > slowBytes ? queue / slowBytes : 0,
    cells: {
      uid: uid === undefined ? null : String(uid),
      frontend: serverId,
      address: session.remoteAddress || null,
      age: Math.max(0, now - since),
      queue,
      requests: waiting,
      channels: (channels?.size ?? 0) + (byUid?.size ?? 0),
      session: id,
    },
  };
}

function* channelsOf({ channels, serverId: id }: Application): Iterable<Row> {
  for (const name of channels.names) {
    const channel = channels.get(name);
    if (channel) yield { key: `${name} ${id}`, trouble: 0, cells: { name, id, members: channel.size } };
  }
}
