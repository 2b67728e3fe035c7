import { useEffect } from 'preact/hooks';
import { ActionDialog } from '../actions/action-dialog.js';
import { Tasks } from '../actions/tasks.js';
import type { Session } from '../api/answers.js';
import { place } from '../place/place-store.js';
import { ProofDialog } from '../sign-in/proof-dialog.js';
import { CameBack } from '../sign-in/provider.js';
import { SecondFactor } from '../sign-in/second-factor.js';
import { announced } from '../words/announce-store.js';
import { t } from '../words/words-store.js';
import { ApprovalNotice } from './approval-notice.js';
import { Current } from './current.js';
import { FeedNotice } from './feed-notice.js';
import { Head } from './head.js';
import { Navigation } from './navigation.js';
import { titleOf } from './title.js';
import { TopBar } from './top-bar.js';

/** All that is around a page. */
export function Shell({ session }: { readonly session: Session }) {
  const title = titleOf(place.value);
  useEffect(() => {
    document.title = t('page.title', { what: title, env: session.env });
  }, [title, session.env]);
  if (session.secondFactor === 'required')
    return (
      <main class="alone">
        <h1>{t('factor.title')}</h1>
        <SecondFactor session={session} />
      </main>
    );
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t('page.skip')}
      </a>
      <TopBar session={session} />
      <Navigation />
      <div class="middle">
        <FeedNotice />
        <ApprovalNotice />
        <CameBack />
        <Head />
        <main id="content" tabIndex={-1}>
          <Current place={place.value} />
        </main>
      </div>
      <Tasks />
      <ActionDialog />
      <ProofDialog session={session} />
      <p class="unseen" aria-live="polite">
        {announced.value}
      </p>
    </div>
  );
}
