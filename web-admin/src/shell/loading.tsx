import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { loadSession } from '../session/session-store.js';
import { t } from '../words/words-store.js';

const failure = signal<string | undefined>(undefined);

function load(): void {
  failure.value = undefined;
  loadSession().catch((error: Error) => {
    failure.value = error.message;
  });
}

/** While it is not known who is signed in. */
export function Loading() {
  useEffect(load, []);
  return (
    <main class="alone">
      <h1>pomelo-ts</h1>
      {failure.value === undefined ? (
        <p>{t('page.loading')}</p>
      ) : (
        <>
          <p role="alert">{t('page.failed', { reason: failure.value })}</p>
          <button type="button" onClick={load}>
            {t('page.retry')}
          </button>
        </>
      )}
    </main>
  );
}
