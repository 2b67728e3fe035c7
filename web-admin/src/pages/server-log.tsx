import { escaped, escapedLines } from '@pomelo-ts/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { t } from '../words/words-store.js';
import { type ReadLine, useLog } from './use-log.js';

/** Levels from which on lines are shown. */
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
/** Most lines that are drawn. */
const mostDrawn = 2000;

/** The log of a server, as it grows. */
export function ServerLog({ id }: { readonly id: string }) {
  const [follow, setFollow] = useState(true);
  const [filter, setFilter] = useState('');
  const [level, setLevel] = useState('');
  const { lines, problem, earlier, capped } = useLog(id, follow);
  const box = useRef<HTMLElement>(null);
  const shown = lines.filter((line) => isMeant(line, filter.toLowerCase(), level)).slice(-mostDrawn);
  const latest = shown.at(-1)?.number;
  useEffect(() => {
    if (follow && latest !== undefined) box.current!.scrollTop = box.current!.scrollHeight;
  }, [follow, latest]);
  return (
    <>
      <LogTools {...{ filter, setFilter, level, setLevel, follow, setFollow, earlier }} />
      <Problem text={problem} />
      {capped !== undefined && <p class="quiet">{t('log.capped', { n: capped })}</p>}
      <section
        class="log"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard
        tabIndex={0}
        aria-label={t('log.label', { id })}
        lang="en"
      >
        {shown.map((line) => (
          <LogLine key={line.number} line={line} />
        ))}
        {shown.length === 0 && (
          <p>{lines.length === 0 ? t('log.empty') : t('log.none', { n: lines.length })}</p>
        )}
      </section>
    </>
  );
}

interface LogToolsProps {
  readonly filter: string;
  readonly setFilter: (filter: string) => void;
  readonly level: string;
  readonly setLevel: (level: string) => void;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  /** Reads earlier lines; missing when there are none. */
  readonly earlier: (() => void) | undefined;
}

/** Which lines are shown. */
function LogTools({ filter, setFilter, level, setLevel, follow, setFollow, earlier }: LogToolsProps) {
  return (
    <div class="row-form">
      <Field label={t('log.filter')} type="search" value={filter} onText={setFilter} autocomplete="off" />
      <p class="field">
        <label>
          {t('log.level')}{' '}
          <select value={level} onChange={({ currentTarget }) => setLevel(currentTarget.value)}>
            <option value="">{t('log.all')}</option>
            {levels.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </p>
      <label class="tick">
        <input
          type="checkbox"
          checked={follow}
          onChange={({ currentTarget }) => setFollow(currentTarget.checked)}
        />
        {t('log.follow')}
      </label>
      {earlier && (
        <button type="button" onClick={earlier}>
          {t('log.older')}
        </button>
      )}
    </div>
  );
}

function isMeant({ text, record }: ReadLine, part: string, level: string): boolean {
  if (part !== '' && !text.toLowerCase().includes(part)) return false;
  if (level === '') return true;
  const order: readonly string[] = levels;
  return record !== undefined && order.indexOf(record.level) >= order.indexOf(level);
}

function LogLine({ line: { text, record } }: { readonly line: ReadLine }) {
  if (!record)
    return (
      <p>
        <bdi>{text.split('\t').map(escaped).join('\t')}</bdi>
      </p>
    );
  const { time, level, message, facts, stack } = record;
  const mood =
    level === 'error' || level === 'fatal' ? 'mood-wrong' : level === 'warn' ? 'mood-passing' : 'quiet';
  return (
    <p>
      <span class="quiet">{escaped(time)}</span> <strong class={mood}>{escaped(level)}</strong>{' '}
      <bdi>{escaped(message)}</bdi> <bdi class="quiet">{facts.map(escaped).join(' ')}</bdi>
      {stack !== undefined && <span class="stack">{escapedLines(stack)}</span>}
    </p>
  );
}
