import { type EndedTrace, escaped, type ToldTrace, traceEnd, traceLines } from '@pomelo-ts/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { follow } from '../feed/feed.js';
import { t } from '../words/words-store.js';

/** For how long a user may be traced, in minutes. */
const times = [1, 5, 15, 60] as const;
const minuteMs = 60_000;
/** Most lines that are kept. */
const mostLines = 5000;

/** Each request, answer and push of a user on all servers, as it happens, for as long as is chosen. */
export function UserTrace({ uid }: { readonly uid: string }) {
  const [minutes, setMinutes] = useState<number>(times[1]);
  const [forMs, setForMs] = useState<number | undefined>();
  return (
    <>
      <h2>{t('trace.title')}</h2>
      <p class="quiet">{t('trace.intro')}</p>
      <div class="row-form">
        <p class="field">
          <label>
            {t('trace.minutes')}{' '}
            <select
              value={String(minutes)}
              disabled={forMs !== undefined}
              onChange={({ currentTarget }) => setMinutes(Number(currentTarget.value))}
            >
              {times.map((one) => (
                <option key={one} value={String(one)}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        </p>
        <button
          type="button"
          onClick={() => setForMs(forMs === undefined ? minutes * minuteMs : undefined)}
          data-trace
        >
          {t(forMs === undefined ? 'trace.begin' : 'trace.end')}
        </button>
      </div>
      <Traced {...{ uid, forMs }} onEnd={() => setForMs(undefined)} />
    </>
  );
}

interface TracedProps {
  readonly uid: string;
  /** Undefined while nothing is followed. */
  readonly forMs: number | undefined;
  readonly onEnd: () => void;
}

/** What has happened; it stays when the trace is over. */
function Traced({ uid, forMs, onEnd }: TracedProps) {
  const [lines, setLines] = useState<readonly string[] | undefined>();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (forMs === undefined) return;
    setLines([]);
    const add = (more: readonly string[]) =>
      setLines((before = []) => [...before, ...more].slice(-mostLines));
    const end = (text: string) => {
      add([`(${text})`]);
      onEnd();
    };
    return follow(
      'users.trace',
      { uid, forMs },
      {
        progress: (news: ToldTrace) => add(traceLines(news)),
        answer: (ended: EndedTrace) => end(traceEnd(ended)),
        failed: ({ message }) => end(message),
      },
    );
    // what ends it is always the same
  }, [uid, forMs]);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (!lines) return null;
  return (
    <section
      class="log"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard
      tabIndex={0}
      aria-label={t('trace.label', { uid })}
      lang="en"
    >
      {lines.length === 0 && <p>{t('trace.nothing')}</p>}
      {lines.map((line, n) => (
        <p key={n}>
          <bdi>{escaped(line)}</bdi>
        </p>
      ))}
    </section>
  );
}
