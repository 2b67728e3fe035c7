import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../words/words-store.js';

interface LaterProps<P> {
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
}

/** A part of the page that is loaded when it is shown. */
export function Later<P extends object>({ load, props }: LaterProps<P>) {
  const [Part, setPart] = useState<{ readonly load: unknown; readonly is: ComponentType<P> } | undefined>();
  const [failed, setFailed] = useState<string | undefined>();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let over = false;
    setFailed(undefined);
    load().then(
      (is) => over || setPart({ load, is }),
      (error: Error) => over || setFailed(error.message),
    );
    return () => {
      over = true;
    };
  }, [load, tries]);
  if (Part?.load === load) return <Part.is {...props} />;
  if (failed === undefined) return <p class="quiet">{t('page.loading')}</p>;
  return (
    <div role="alert">
      <p>{t('page.failed', { reason: failed })}</p>
      <button type="button" onClick={() => setTries(tries + 1)}>
        {t('page.retry')}
      </button>
    </div>
  );
}
