import type { LeaderThere } from '../api/answers.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';

interface StandsByProps {
  readonly leader: LeaderThere | undefined;
  /** When it is tried again. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Says that the master of this page does not lead, and which one does. */
export function StandsBy({ leader, facts }: StandsByProps) {
  if (!leader) return <>{t('feed.nobodyLeads', facts)}</>;
  return <Said text={t('feed.notLeading', { ...facts, leader: leader.name })} />;
}

interface PagesOfProps {
  readonly pages: readonly string[];
  /** Whether it is known that they are of the one that leads. */
  readonly leads: boolean;
}

/** Links to the same place on the pages of other masters. */
export function PagesOf({ pages, leads }: PagesOfProps) {
  const others = pages.filter((page) => page !== location.origin);
  if (others.length === 0) return null;
  return (
    <p>
      {t(leads ? 'feed.openLeader' : 'feed.openOthers')}{' '}
      {others.map((page) => (
        <span key={page}>
          <a href={`${page}/${location.search}`} data-master>
            {page}
          </a>{' '}
        </span>
      ))}
    </p>
  );
}
