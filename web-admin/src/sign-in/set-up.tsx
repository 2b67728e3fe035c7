import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { invitedBy, session, setUp } from '../session/session-store.js';
import { useFailing } from '../shell/failing.js';
import { Problem } from '../shell/problem.js';
import { t } from '../words/words-store.js';
import { Field } from './field.js';

/** What a one-time link brought. It leaves the address at once: it must not be in a history or be sent on. */
export const setUpToken = signal(takeToken());

function takeToken(): string {
  const token = /^#setup=(.+)$/.exec(location.hash)?.[1] ?? '';
  if (token !== '') history.replaceState(null, '', location.pathname + location.search);
  return token;
}

addEventListener('hashchange', () => {
  const token = takeToken();
  if (token !== '') setUpToken.value = token;
});

/** Has somebody choose the password of an account. */
export function SetUp() {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [name, setName] = useState('');
  const { problem, busy, run, tell } = useFailing();
  const token = setUpToken.value;
  // a link that is over is told before somebody has thought of a password
  useEffect(() => {
    invitedBy(token).then(setName, (error: Error) => tell(t('refused', { reason: error.message })));
  }, [token]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (password !== again) {
      tell(t('setUp.differ'));
      return;
    }
    run(async () => {
      await setUp(token, password);
      setUpToken.value = '';
    });
  };
  const leave = () => {
    setUpToken.value = '';
    if (session.value === undefined) session.value = null;
  };
  return (
    <main class="alone">
      <h1>{t('setUp.title')}</h1>
      <form onSubmit={submit}>
        <p>{t('setUp.intro')}</p>
        {name !== '' && (
          <Field label={t('setUp.whose')} value={name} onText={setName} autocomplete="username" readOnly />
        )}
        <Field
          label={t('signIn.password')}
          type="password"
          value={password}
          onText={setPassword}
          autocomplete="new-password"
          required
        />
        <Field
          label={t('setUp.again')}
          type="password"
          value={again}
          onText={setAgain}
          autocomplete="new-password"
          required
        />
        <Problem text={problem} />
        <p class="buttons">
          <button type="submit" class="strong" aria-disabled={busy}>
            {t('setUp.do')}
          </button>
          <button type="button" onClick={leave}>
            {t('signIn.title')}
          </button>
        </p>
      </form>
    </main>
  );
}
