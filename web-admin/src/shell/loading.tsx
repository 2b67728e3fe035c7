import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from '../api/request.js';
import { loadSession } from '../session/session-store.js';
import { t } from '../words/words-store.js';
import { PagesOf, StandsBy } from './stands-by.js';

const failure = signal<Error | undefined>(undefined);

/** Time until a master that stands by is asked again, in ms; until then the words stay. */
const againMs = 2000;

function load(): void {
  loadSession().then(
    () => {
      failure.value = undefined;
    },
    (error: Error) => {
      failure.value = error;
    },
  );
}

/** While it is not known who is signed in. */
export function Loading() {
  const failed = failure.value;
  const stands = failed instanceof ApiError && failed.code === 'NOT_LEADING';
  useEffect(load, []);
  useEffect(() => {
    if (!stands) return;
    const timer = setInterval(load, againMs);
    return () => clearInterval(timer);
  }, [stands]);
  return (
    <main class="alone">
      <h1>pomelo-ts</h1>
      {failed === undefined && <p>{t('page.loading')}</p>}
      {stands && (
        <div data-stands-by>
          <p role="alert">
            <StandsBy leader={failed.leader} facts={{ in: `${againMs / 1000}s` }} />
          </p>
          <PagesOf pages={failed.leader?.page ? [failed.leader.page] : []} leads />
        </div>
      )}
      {failed !== undefined && !stands && (
        <>
          <p role="alert">{t('page.failed', { reason: failed.message })}</p>
          <button type="button" onClick={load}>
            {t('page.retry')}
          </button>
        </>
      )}
    </main>
  );
}
