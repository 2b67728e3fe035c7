import { showTime } from '@pomelo-ts/views';
import { Said } from '../text/said.js';
import { problemWords, stateWord, t } from '../words/words-store.js';
import type { ClusterEvent } from './events.js';

/** What the numbers in the charts mean: what happened in their time. */
export function EventList({ events }: { readonly events: readonly ClusterEvent[] }) {
  return (
    <>
      <h2>{t('chart.events')}</h2>
      {events.length === 0 ? (
        <p class="quiet">{t('chart.event.none')}</p>
      ) : (
        <ol class="events">
          {events.map((event) => (
            <li key={JSON.stringify(event)}>
              <time>{showTime(event.at)}</time> <Said text={wordsOf(event)} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function wordsOf({ kind, about }: ClusterEvent): string {
  const { state, what, why } = about;
  const words = t(`mark.${kind}`, {
    ...about,
    ...(state !== undefined && { state: stateWord(state) }),
    ...(what !== undefined && { what: problemWords(what) }),
  });
  return why === undefined ? words : t('mark.why', { words, why });
}
