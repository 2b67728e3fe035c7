import type { Session } from '../api/answers.js';
import { Link } from '../place/link.js';
import { place } from '../place/place-store.js';
import { signOut } from '../session/session-store.js';
import { Said } from '../text/said.js';
import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';
import { Choices } from './choices.js';

/** Which cluster it is, who looks at it, in which language and colours. */
export function TopBar({ session }: { readonly session: Session }) {
  const leave = () => {
    signOut().catch((error: Error) => announce(error.message));
  };
  return (
    <header class="top-bar">
      <p class="brand">
        <Link to={{ page: 'overview' }}>pomelo-ts</Link> <Said text={session.env} />
      </p>
      <div class="top-tools">
        <Choices />
        <Link to={{ page: 'account' }} current={place.value.page === 'account'}>
          <span class="unseen">{t('nav.account')}: </span>
          <Said text={`${session.name} · ${session.role}`} />
        </Link>
        <button type="button" class="small" onClick={leave}>
          {t('signIn.out')}
        </button>
      </div>
    </header>
  );
}
