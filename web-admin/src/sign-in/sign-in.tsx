import { useState } from 'preact/hooks';
import { ApiError } from '../api/request.js';
import { endedBy, signIn } from '../session/session-store.js';
import { Choices } from '../shell/choices.js';
import { useFailing } from '../shell/failing.js';
import { Problem } from '../shell/problem.js';
import type { WordKey } from '../words/en.js';
import { t } from '../words/words-store.js';
import { digits, Field } from './field.js';
import { cameBack, ProviderButton, wordsOfCode } from './provider.js';

const wordsOf = (error: Error): string | undefined =>
  error instanceof ApiError && error.code === 'SIGN_IN_REFUSED' ? t('signIn.refused') : undefined;

const whyOver: Readonly<Record<string, WordKey>> = {
  SESSION_IDLE: 'signIn.idle',
  SESSION_EXPIRED: 'signIn.expired',
  SESSION_ENDED: 'signIn.ended',
  MASTER_CHANGED: 'signIn.changed',
};

/** Asks who is there; the address stays as it is, and what it means is shown afterwards. */
export function SignIn() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const { problem, busy, run } = useFailing(wordsOf);
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      try {
        await signIn(name, password, code || undefined);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'SECOND_FACTOR_NEEDED') throw error;
        setAsksCode(true);
      }
    });
  };
  return (
    <main class="alone">
      <h1>pomelo-ts</h1>
      <form onSubmit={submit} aria-label={t('signIn.title')}>
        {endedBy.value !== undefined && <p class="notice">{t(whyOver[endedBy.value] ?? 'signIn.over')}</p>}
        <Field label={t('signIn.name')} value={name} onText={setName} autocomplete="username" required />
        <Field
          label={t('signIn.password')}
          type="password"
          value={password}
          onText={setPassword}
          autocomplete="current-password"
          required
        />
        {asksCode && (
          <>
            <p>{t('signIn.codeNeeded')}</p>
            <Field
              label={t('signIn.code')}
              value={code}
              onText={setCode}
              {...digits}
              required
              ref={focused}
            />
          </>
        )}
        <Problem text={problem ?? wordsOfCode(cameBack.value)} />
        <button type="submit" class="strong" aria-disabled={busy}>
          {t('signIn.do')}
        </button>
      </form>
      <ProviderButton />
      <div class="top-tools">
        <Choices />
      </div>
    </main>
  );
}

/** What appears as it is needed next has the focus. */
const focused = (input: HTMLInputElement | null): void => {
  if (input && document.activeElement !== input && input.value === '') input.focus();
};
