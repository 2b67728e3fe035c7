import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/request.js';
import { placeOf } from '../place/place.js';
import { goInPlace } from '../place/place-store.js';
import { useFailing } from '../shell/failing.js';
import { Problem } from '../shell/problem.js';
import type { WordKey } from '../words/en.js';
import { t } from '../words/words-store.js';

/** Where somebody was who has left for the provider. */
const leftFrom = 'pomelo-ts left from';

/** What came of a sign-in at the provider, where somebody has just come back from there: a code, `DONE` or `PROVED`. */
export const cameBack = signal(comeBack());

/** The address holds a code alone, for which there are words here: no page elsewhere can have this one say something. */
function comeBack(): string {
  const code = /^#sign-in=([A-Z_]{1,40})$/.exec(location.hash)?.[1] ?? '';
  if (code === '') return '';
  const search = sessionStorage.getItem(leftFrom) ?? '';
  sessionStorage.removeItem(leftFrom);
  goInPlace(placeOf(search));
  return code;
}

const words: Readonly<Record<string, WordKey>> = {
  OIDC_OVER: 'oidc.over',
  OIDC_UNREACHABLE: 'oidc.unreachable',
  OIDC_REFUSED: 'oidc.refused',
  OIDC_NO_ROLE: 'oidc.noRole',
  OIDC_FACTOR: 'oidc.factor',
  OIDC_OTHER: 'oidc.person',
  PROVED: 'oidc.proved',
  SIGN_IN_LATER: 'signIn.later',
};

/** What is told of a code; nothing of a sign-in that has led to its end. */
export function wordsOfCode(code: string): string | undefined {
  if (code === '' || code === 'DONE') return undefined;
  return Object.hasOwn(words, code) ? t(words[code]!) : t('oidc.other', { code });
}

/** Leaves the page for the provider, which leads back. @param prove whether who is signed in proves again who they are @throws ApiError */
export async function leaveForProvider(prove: boolean): Promise<void> {
  const { url } = await ask<{ url: string }>('POST', 'oidc', { prove });
  sessionStorage.setItem(leftFrom, location.search);
  location.assign(url);
  await new Promise(() => {}); // the button stays busy until the page is gone
}

/** Leads to the provider, where there is one. */
export function ProviderButton() {
  const [provider, setProvider] = useState<string | undefined>();
  const { problem, busy, run } = useFailing();
  useEffect(() => {
    ask<{ provider?: string }>('GET', 'sign-in').then(
      (ways) => setProvider(ways.provider),
      () => {}, // accounts of the admin are always asked for
    );
  }, []);
  if (provider === undefined) return null;
  return (
    <div class="provider">
      <button
        type="button"
        data-provider
        onClick={() => run(() => leaveForProvider(false))}
        aria-disabled={busy}
      >
        {t('signIn.provider', { provider })}
      </button>
      <Problem text={problem} />
    </div>
  );
}

/** Tells somebody who is signed in what came of a proof at the provider. */
export function CameBack() {
  const code = cameBack.value;
  const told = wordsOfCode(code);
  if (told === undefined) return null;
  return (
    <section class={code === 'PROVED' ? 'notice' : 'notice wrong'} data-came-back role="status">
      <p>
        {told}{' '}
        <button type="button" onClick={() => (cameBack.value = '')}>
          {t('dialog.close')}
        </button>
      </p>
    </section>
  );
}
