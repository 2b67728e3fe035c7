import {
  escaped,
  escapedLines,
  type LogFilterArgs,
  longestFilter,
  type PastSpan,
  parseLogFilter,
} from '@pomelo-ts/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from '../place/link.js';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { t } from '../words/words-store.js';
import { type ReadLine, useLogs } from './use-logs.js';

/** Most lines that are drawn. */
const mostDrawn = 2000;
/** Time after the last letter until servers are asked, in ms. */
const typingMs = 300;

interface LogViewProps {
  readonly ids: readonly string[];
  /** What the log is called. */
  readonly label: string;
  /** What only lines are shown of. */
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}

/** The logs of some servers as one, as they grow; servers look for what is wanted in them, so that other lines do not travel. */
export function LogView({ ids, label, filter, onFilter }: LogViewProps) {
  const [follow, setFollow] = useState(true);
  const { wanted, wrong } = useWanted(filter);
  const { lines, problem, earlier, capped } = useLogs(ids, wanted, follow);
  const box = useRef<HTMLElement>(null);
  const shown = lines.slice(-mostDrawn);
  const latest = shown.at(-1)?.number;
  useEffect(() => {
    if (follow && latest !== undefined) box.current!.scrollTop = box.current!.scrollHeight;
  }, [follow, latest]);
  return (
    <>
      <LogTools {...{ filter, onFilter, follow, setFollow, earlier }} />
      <Problem text={wrong ?? problem} />
      {capped !== undefined && <p class="quiet">{t('log.capped', { n: capped })}</p>}
      <section
        class="log"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard
        tabIndex={0}
        aria-label={label}
        lang="en"
      >
        {shown.map((line) => (
          <LogLineText key={line.number} line={line} named={ids.length > 1} />
        ))}
        {shown.length === 0 && <p>{filter === '' ? t('log.empty') : t('log.noneMatch')}</p>}
      </section>
    </>
  );
}

/** What is asked of servers while somebody types: what they have come to, and the former wish as long as it makes no sense. */
function useWanted(filter: string): { readonly wanted: LogFilterArgs; readonly wrong: string | undefined } {
  const [state, setState] = useState(() => read(filter, {}));
  useEffect(() => {
    const timer = setTimeout(() => setState((before) => read(filter, before.wanted)), typingMs);
    return () => clearTimeout(timer);
  }, [filter]);
  return state;
}

function read(filter: string, former: LogFilterArgs) {
  try {
    return { wanted: parseLogFilter(filter), wrong: undefined };
  } catch (error) {
    return { wanted: former, wrong: (error as Error).message };
  }
}

interface LogToolsProps {
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  /** Reads earlier lines; missing when there are none. */
  readonly earlier: (() => void) | undefined;
}

/** Which lines are shown. */
function LogTools({ filter, onFilter, follow, setFollow, earlier }: LogToolsProps) {
  return (
    <>
      <div class="row-form">
        <Field
          label={t('log.filter')}
          type="search"
          value={filter}
          onText={onFilter}
          maxLength={longestFilter}
          autocomplete="off"
          spellcheck={false}
        />
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
      <p class="quiet">{t('log.rules')}</p>
    </>
  );
}

interface LogLineProps {
  readonly line: ReadLine;
  /** Whether it stands among lines of others. */
  readonly named: boolean;
}

function LogLineText({ line: { id, text, record, around, apart }, named }: LogLineProps) {
  const look = [around && 'around', apart && !named && 'apart'].filter(Boolean).join(' ');
  const name = named && (
    <>
      <Link to={{ page: 'server', id, tab: 'log' }}>
        <bdi>{escaped(id)}</bdi>
      </Link>{' '}
    </>
  );
  if (!record)
    return (
      <p class={look}>
        {name}
        <bdi>{text.split('\t').map(escaped).join('\t')}</bdi>
      </p>
    );
  const { time, level, message, facts, stack } = record;
  const mood =
    level === 'error' || level === 'fatal' ? 'mood-wrong' : level === 'warn' ? 'mood-passing' : 'quiet';
  return (
    <p class={look}>
      <TimeOf {...{ id, time }} /> {name}
      <strong class={mood}>{escaped(level)}</strong> <bdi>{escaped(message)}</bdi>{' '}
      <bdi class="quiet">{facts.map(escaped).join(' ')}</bdi>
      {stack !== undefined && <span class="stack">{escapedLines(stack)}</span>}
    </p>
  );
}

/** When a line was written, which leads to what the server was like then: its charts know six hours. */
function TimeOf({ id, time }: { readonly id: string; readonly time: string }) {
  const moment = Date.parse(time);
  if (Number.isNaN(moment) || id === 'master') return <span class="quiet">{escaped(time)}</span>;
  const span: PastSpan = Date.now() - moment > 9 * 60_000 ? '6h' : '10m';
  return (
    <Link to={{ page: 'server', id, tab: 'figures', span, moment }} class="quiet">
      {escaped(time)}
    </Link>
  );
}
