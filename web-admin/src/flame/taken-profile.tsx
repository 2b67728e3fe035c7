import { type BusyFunction, escaped, showSeconds, showShare } from '@pomelo-ts/views';
import { useState } from 'preact/hooks';
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
      <section
        class="table-box"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard
        tabIndex={0}
        aria-label={t('flame.table')}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{t('flame.function')}</th>
              <th scope="col" class="number">
                {t('flame.share')}
              </th>
              <th scope="col">{t('flame.place')}</th>
              <td>
                <span class="unseen">{t('actions')}</span>
              </td>
            </tr>
          </thead>
          <tbody>
            {busiest.map((one) => (
              <tr key={`${one.name} ${one.place}`}>
                <th scope="row">
                  <Said text={one.name} />
                </th>
                <td class="number">{showShare(one.share)}</td>
                <td>
                  <Said text={one.place} />
                </td>
                <td class="row-actions">
                  <button
                    type="button"
                    class="small"
                    aria-label={`${t('flame.show')}: ${escaped(one.name)}`}
                    onClick={() => show(one)}
                  >
                    {t('flame.show')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
