import { columnsOf, showCell } from '@pomelo-ts/views';
import { Link } from '../place/link.js';
import { Problem } from '../shell/problem.js';
import { PlainTable } from '../table/plain-table.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { AskedHead } from './asked-head.js';
import { useAsked } from './use-asked.js';

/** Most members that are shown. */
const most = 200;

/** Who is in a channel of one server. */
interface ChannelAnswer {
  readonly channels: readonly {
    readonly server: string;
    readonly total: number;
    readonly members: readonly {
      readonly frontendId: string;
      readonly uid?: string | number;
      readonly sessionId?: string;
    }[];
  }[];
  readonly silent: readonly { readonly id: string; readonly reason: string }[];
}

interface ChannelProps {
  readonly name: string;
  readonly at: string;
}

/** A channel, and who is in it; another server may have one of that name. */
export function Channel({ name, at }: ChannelProps) {
  const { answer, problem, again } = useAsked<ChannelAnswer>('channels.members', { name, limit: most });
  const { members = [], total = 0 } = answer?.channels.find(({ server }) => server === at) ?? {};
  const silent = answer?.silent.filter(({ id }) => id === at) ?? [];
  const count = showCell(total, columnsOf('channels')['members']!);
  const caption = t('channel.members', { name, at, shown: members.length, total: count });
  return (
    <>
      <AskedHead name={name} again={again} />
      <Problem text={problem} />
      {silent.length > 0 && (
        <p class="notice">
          <Said text={t('users.silent', { ids: silent.map(({ id }) => id).join(', ') })} />
        </p>
      )}
      {answer && (
        <p>
          <Said text={caption} />
        </p>
      )}
      {members.length > 0 && (
        <PlainTable
          caption={caption}
          heads={[t('users.user'), t('users.frontend')]}
          rows={members}
          keyOf={({ frontendId, uid = '', sessionId = '' }) => `${frontendId} ${sessionId} ${uid}`}
          cells={({ frontendId, uid, sessionId = '–' }) => [
            uid === undefined ? (
              <Said key="session" text={sessionId} />
            ) : (
              <Link key="uid" to={{ page: 'users', uid: String(uid) }}>
                <Said text={String(uid)} />
              </Link>
            ),
            <Link key="at" to={{ page: 'server', id: frontendId, tab: 'figures' }}>
              <Said text={frontendId} />
            </Link>,
          ]}
        />
      )}
    </>
  );
}
