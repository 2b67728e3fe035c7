import {
  type Summary,
  showAge,
  showCount,
  showRate,
  showSeconds,
  showShare,
  usualQuery,
} from '@pomelo-ts/views';
import { useEffect } from 'preact/hooks';
import { Sparkline } from '../charts/sparkline.js';
import { now } from '../feed/clock.js';
import { cluster, clusterCameAt, silentServers } from '../feed/cluster-store.js';
import { WatchedView } from '../feed/watched-view.js';
import { Link } from '../place/link.js';
import { viewPlace } from '../place/place.js';
import { Sign } from '../table/sign.js';
import { Said } from '../text/said.js';
import { stateWord, t } from '../words/words-store.js';

/** States that no operator wants a server in. */
const wrong: ReadonlySet<string> = new Set(['gone', 'failed', 'lost']);

/** Seconds after which what is shown is said to be old. */
const oldAfter = 3;

/** The whole cluster in a few figures, with what they were before. */
export function Head() {
  // by itself: a page may show no view, or one whose query is refused
  useEffect(() => new WatchedView().watch({ ...usualQuery, faulty: true, limit: 1 }), []);
  const summary = cluster.value;
  if (!summary)
    return (
      <section class="head quiet" aria-label={t('head.summary')}>
        {t('page.loading')}
      </section>
    );
  return (
    <section class="head" aria-label={t('head.summary')}>
      <Totals summary={summary} />
      <Facts summary={summary} />
      {silentServers.value.length > 0 && (
        <p class="notice">
          <Said
            text={t('feed.silent', { n: silentServers.value.length, ids: silentServers.value.join(', ') })}
          />
        </p>
      )}
    </section>
  );
}

interface SummaryProps {
  readonly summary: Summary;
}

function Totals({ summary }: SummaryProps) {
  const { online, requests, errors, p99, past, problemCount } = summary;
  return (
    <ul class="totals">
      <Figure name={t('head.online')} value={showCount(online)} past={past.online} show={showCount} />
      <Figure name={t('head.requests')} value={showRate(requests)} past={past.requests} show={showRate} />
      <Figure name={t('head.errors')} value={showShare(errors)} past={past.errors} show={showShare} />
      <Figure
        name={t('head.p99')}
        value={p99 === null ? '–' : showSeconds(p99)}
        past={past.p99}
        show={showSeconds}
      />
      <li>
        <Link to={viewPlace('problems')} class={problemCount > 0 ? 'mood-wrong' : 'mood-fine'}>
          <span class="name">{problemCount > 0 ? t('head.problems') : t('head.none')}</span>
          <strong>{problemCount > 0 ? `! ${problemCount}` : '✓'}</strong>
        </Link>
      </li>
    </ul>
  );
}

/** Which servers there are, on how many hosts, and who leads. */
function Facts({ summary }: SummaryProps) {
  const { leader, states, builds, hosts } = summary;
  const servers = Object.values(states).reduce((sum, count) => sum + count, 0);
  return (
    <p class="facts">
      {t('head.servers', { n: servers })}
      {Object.entries(states)
        .sort(([, a], [, b]) => b - a)
        .map(([state, count]) => (
          <span key={state} class="fact">
            <Sign state={state} trouble={wrong.has(state) ? 1 : 0} /> {count} {stateWord(state)}
          </span>
        ))}
      <span class="fact">{t('head.hosts', { n: hosts })}</span>
      <span class="fact">
        <Said text={t('head.leader', { id: leader.id, host: leader.host })} />
      </span>
      {builds.slice(0, 2).map((build) => (
        <span class="fact" key={build}>
          <Said text={t('head.build', { build })} />
        </span>
      ))}
      <Age />
    </p>
  );
}

function Age() {
  const age = Math.max(0, (now.value - clusterCameAt.value) / 1000);
  return (
    <span class={age > oldAfter ? 'fact mood-wrong' : 'fact'}>{t('feed.age', { age: showAge(age) })}</span>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly past: readonly (number | null)[];
  readonly show: (value: number) => string;
}

function Figure({ name, value, past, show }: FigureProps) {
  const known = past.filter((one) => one !== null);
  const summary = t('head.past', {
    what: name,
    least: known.length > 0 ? show(Math.min(...known)) : '–',
    most: known.length > 0 ? show(Math.max(...known)) : '–',
    now: value,
  });
  return (
    <li>
      <span class="name">{name}</span>
      <strong>{value}</strong>
      <Sparkline values={past} label={summary} />
    </li>
  );
}
