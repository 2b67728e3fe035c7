import { Link } from '../place/link.js';
import { goInPlace } from '../place/place-store.js';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { PlainTable } from '../table/plain-table.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { Room, type RoomProps } from './room.js';
import { useAsked } from './use-asked.js';

/** Most things of one kind that a server names. */
const most = 200;

/** What games let operators look at, by server and kind. */
interface ThingsAnswer {
  readonly things: readonly {
    readonly server: string;
    readonly kind: string;
    readonly ids: readonly string[];
    readonly total: number;
    readonly problem?: string;
  }[];
  readonly silent: readonly { readonly id: string }[];
}

/** Rooms and whatever else games let operators look at; one of them where it is named. */
export function Rooms({ at, kind, name }: RoomProps) {
  return at === '' || kind === '' ? <AllRooms prefix={name} /> : <Room {...{ at, kind, name }} />;
}

function AllRooms({ prefix }: { readonly prefix: string }) {
  const { answer, problem, again } = useAsked<ThingsAnswer>('inspect.list', { prefix, limit: most });
  const rows =
    answer?.things.flatMap(({ server, kind, ids }) => ids.map((id) => ({ server, kind, id }))) ?? [];
  const total = answer?.things.reduce((sum, one) => sum + one.total, 0) ?? 0;
  const silent = answer?.silent.map(({ id }) => id).join(', ') ?? '';
  const broken = answer?.things.filter(({ problem }) => problem !== undefined) ?? [];
  const onText = (typed: string) => goInPlace({ page: 'rooms', at: '', kind: '', name: typed });
  return (
    <>
      <div class="title-line">
        <h1>{t('nav.rooms')}</h1>
        <button type="button" onClick={again}>
          {t('config.again')}
        </button>
      </div>
      <div class="row-form">
        <Field label={t('rooms.prefix')} type="search" value={prefix} onText={onText} autocomplete="off" />
      </div>
      <Problem text={problem} />
      {silent !== '' && (
        <p class="notice">
          <Said text={t('users.silent', { ids: silent })} />
        </p>
      )}
      {broken.map(({ server, kind, problem }) => (
        <p class="notice" key={`${server} ${kind}`}>
          <Said text={t('rooms.broken', { server, kind, problem: problem! })} />
        </p>
      ))}
      {answer && <p>{rows.length > 0 ? t('rooms.shown', { shown: rows.length, total }) : t('rooms.none')}</p>}
      {rows.length > 0 && (
        <PlainTable
          caption={t('nav.rooms')}
          heads={[t('rooms.room'), t('rooms.kind'), t('users.frontend')]}
          rows={rows}
          keyOf={({ server, kind, id }) => `${server} ${kind} ${id}`}
          cells={({ server, kind, id }) => [
            <Link key="id" to={{ page: 'rooms', at: server, kind, name: id }}>
              <Said text={id} />
            </Link>,
            <Said key="kind" text={kind} />,
            <Link key="at" to={{ page: 'server', id: server, tab: 'figures' }}>
              <Said text={server} />
            </Link>,
          ]}
        />
      )}
    </>
  );
}
