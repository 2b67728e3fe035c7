import { showAge, showBytes, showCount } from '@pomelo-ts/views';
import { useState } from 'preact/hooks';
import { askAction } from '../actions/action-store.js';
import { tasks } from '../actions/tasks-store.js';
import type { UserAnswer } from '../api/answers.js';
import { now } from '../feed/clock.js';
import { Link } from '../place/link.js';
import { go } from '../place/place-store.js';
import { may } from '../session/session-store.js';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { PlainTable } from '../table/plain-table.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { useAsked } from './use-asked.js';
import { UserTrace } from './user-trace.js';

/** Finds a user by their id, and does what may be done with one. */
export function Users({ uid }: { readonly uid: string }) {
  const [typed, setTyped] = useState(uid);
  const submit = (event: Event) => {
    event.preventDefault();
    go({ page: 'users', uid: typed.trim() });
  };
  return (
    <>
      <h1>{t('users.title')}</h1>
      <p class="quiet">{t('users.intro')}</p>
      <Counts />
      <form class="row-form" onSubmit={submit}>
        <Field
          label={t('users.uid')}
          type="search"
          value={typed}
          onText={setTyped}
          maxLength={256}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <button type="submit" class="strong">
          {t('users.find')}
        </button>
      </form>
      {uid !== '' && <Found uid={uid} key={uid} />}
      {uid !== '' && may('users.trace') && <UserTrace uid={uid} key={`trace ${uid}`} />}
    </>
  );
}

function Found({ uid }: { readonly uid: string }) {
  // what was done to them meanwhile is seen
  const finished = tasks.value.filter(({ state }) => state !== 'running').length;
  return <FoundNow uid={uid} key={finished} />;
}

function FoundNow({ uid }: { readonly uid: string }) {
  const verb = may('users.describe') ? 'users.describe' : 'users.find';
  const { answer, problem } = useAsked<UserAnswer>(verb, { uid });
  const { sessions = [], channels = [], silent = [] } = answer ?? {};
  return (
    <div aria-live="polite">
      <Problem text={problem} />
      {silent.length > 0 && (
        <p class="notice">
          <Said text={t('users.silent', { ids: silent.map(({ id }) => id).join(', ') })} />
        </p>
      )}
      {answer && (
        <p>
          <Said
            text={
              sessions.length === 0 ? t('users.none', { uid }) : t('users.found', { uid, n: sessions.length })
            }
          />
        </p>
      )}
      {sessions.length > 0 && (
        <>
          <Sessions uid={uid} sessions={sessions} />
          {channels.length > 0 && <Channels channels={channels} />}
          <p>
            <button
              type="button"
              class="strong"
              aria-haspopup="dialog"
              onClick={() => askAction({ kind: 'users', uid })}
              data-act
            >
              {t('table.act')}
            </button>
          </p>
        </>
      )}
    </div>
  );
}

function Sessions({ uid, sessions }: { readonly uid: string } & Pick<UserAnswer, 'sessions'>) {
  return (
    <PlainTable
      caption={t('users.found', { uid, n: sessions.length })}
      heads={[
        ...[t('users.session'), t('users.frontend'), t('users.address')],
        ...[t('users.for'), t('users.queue'), t('users.requests')],
      ]}
      rows={sessions}
      keyOf={({ frontendId, sessionId }) => `${frontendId} ${sessionId}`}
      cells={({ sessionId, frontendId, address = '–', since, queue, requests }) => [
        <Said key="id" text={sessionId} />,
        <Link key="at" to={{ page: 'server', id: frontendId, tab: 'figures' }}>
          <Said text={frontendId} />
        </Link>,
        <Said key="address" text={address} />,
        since === undefined ? '–' : showAge(Math.max(0, now.value - since) / 1000),
        queue === undefined ? '–' : showBytes(queue),
        requests === undefined ? '–' : showCount(requests),
      ]}
    />
  );
}

/** Where the sessions of a user are members. */
function Channels({ channels }: Pick<Required<UserAnswer>, 'channels'>) {
  return (
    <PlainTable
      caption={t('users.channels')}
      heads={[t('users.channel'), t('users.frontend')]}
      rows={channels}
      keyOf={({ name, server }) => `${server} ${name}`}
      cells={({ name, server }) => [
        <Link key="name" to={{ page: 'channel', name, at: server }}>
          <Said text={name} />
        </Link>,
        <Said key="at" text={server} />,
      ]}
    />
  );
}

/** How many there are, of whom no list is kept. */
function Counts() {
  const { answer } = useAsked<{ readonly uids: number; readonly connections: number }>('users.count');
  if (!answer) return null;
  const { uids, connections } = answer;
  return <p>{t('users.count', { users: showCount(uids), clients: showCount(connections) })}</p>;
}
