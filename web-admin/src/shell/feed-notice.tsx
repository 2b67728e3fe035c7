import { showAge } from '@pomelo-ts/views';
import { useEffect, useRef } from 'preact/hooks';
import { now } from '../feed/clock.js';
import { cluster, clusterCameAt, formerLeader } from '../feed/cluster-store.js';
import { feedState, retryNow } from '../feed/feed.js';
import type { FeedState } from '../feed/feed-state.js';
import { session } from '../session/session-store.js';
import { Said } from '../text/said.js';
import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';
import { PagesOf, StandsBy } from './stands-by.js';

const ageOf = (since: number): string => showAge(Math.max(0, (now.value - since) / 1000));

/** Says that what is shown is old, as the connection is lost, and who leads when that has changed. */
export function FeedNotice() {
  const state = feedState.value;
  const wasLost = useRef(false);
  useEffect(() => {
    if (state.kind === 'open' && wasLost.current) announce(t('feed.found'));
    if (state.kind === 'lost' && !wasLost.current) announce(t('feed.lostShort'));
    if (state.kind === 'open' || state.kind === 'lost') wasLost.current = state.kind === 'lost';
  }, [state.kind]);
  return (
    <>
      {(state.kind === 'lost' || state.kind === 'not-leading') && <LostNotice state={state} />}
      {formerLeader.value !== undefined && cluster.value && <LeaderNotice />}
    </>
  );
}

type LostState = Extract<FeedState, { readonly kind: 'lost' | 'not-leading' }>;

/** Why nothing comes, and where else to look. */
function LostNotice({ state }: { readonly state: LostState }) {
  const facts = {
    age: ageOf(state.since),
    old: ageOf(clusterCameAt.value || state.since),
    in: showAge(Math.max(0, Math.ceil((state.retryAt - now.value) / 1000))),
  };
  const leader = state.kind === 'not-leading' ? state.leader : undefined;
  const others = leader ? [leader.page].flat() : (session.value?.others ?? []);
  return (
    <section class="notice wrong" data-feed={state.kind} aria-label={t('feed.label')}>
      <p>
        <span aria-hidden="true">! </span>
        {state.kind === 'lost' && t('feed.lost', facts)}
        {state.kind === 'not-leading' && <StandsBy leader={leader} facts={facts} />}
      </p>
      <PagesOf pages={others.filter((page) => page !== undefined)} leads={leader !== undefined} />
      <button type="button" class="small" onClick={retryNow}>
        {t('feed.retry')}
      </button>
    </section>
  );
}

function LeaderNotice() {
  const { leader } = cluster.value!;
  return (
    <section class="notice" data-feed="leader" aria-label={t('feed.label')}>
      <p>
        <Said
          text={t('feed.leader', { leader: `${leader.id} (${leader.host})`, former: formerLeader.value! })}
        />
      </p>
      <button
        type="button"
        class="small"
        onClick={() => {
          formerLeader.value = undefined;
        }}
      >
        {t('feed.dismiss')}
      </button>
    </section>
  );
}
