import { type BusyFunction, escaped, showSeconds, showShare } from '@pomelo-ts/views';
import { useState } from 'preact/hooks';
import { PlainTable } from '../table/plain-table.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { FlameGraph } from './flame-graph.js';
import type { Flame } from './layout.js';

interface TakenProfileProps {
  readonly flame: Flame;
  readonly busiest: readonly BusyFunction[];
}

/** A CPU profile: its flame graph, and the functions in which most of the time went. */
export function TakenProfile({ flame, busiest }: TakenProfileProps) {
  const [top, setTop] = useState(flame.root);
  /** The widest frame of a function. */
  const show = ({ name, place }: BusyFunction) => {
    const frames = flame.frames.filter((frame) => frame.name === name && frame.place === place);
    const [first, ...others] = frames;
    if (first) setTop(others.reduce((widest, one) => (one.width > widest.width ? one : widest), first));
  };
  return (
    <>
      <p>{t('flame.busy', { share: showShare(flame.busy), time: showSeconds(flame.ms / 1000) })}</p>
      <ul class="legend" aria-label={t('flame.legend')}>
        {(['game', 'library', 'node', 'engine'] as const).map((owner) => (
          <li key={owner} class={`frame ${owner}`}>
            {t(`flame.owner.${owner}`)}
          </li>
        ))}
      </ul>
      <FlameGraph flame={flame} top={top} onTop={setTop} />
      <h2>{t('flame.table')}</h2>
      <PlainTable
        caption={t('flame.table')}
        heads={[t('flame.function'), t('flame.share'), t('flame.place')]}
        rows={busiest}
        keyOf={({ name, place }) => `${name} ${place}`}
        cells={({ name, share, place }) => [
          <Said key="name" text={name} />,
          showShare(share),
          <Said key="place" text={place} />,
        ]}
        actions={(one) => (
          <button
            type="button"
            class="small"
            aria-label={`${t('flame.show')}: ${escaped(one.name)}`}
            onClick={() => show(one)}
          >
            {t('flame.show')}
          </button>
        )}
      />
    </>
  );
}
