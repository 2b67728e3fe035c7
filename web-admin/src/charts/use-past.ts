import type { Past, PastSpan } from '@pomelo-ts/views';
import { useEffect } from 'preact/hooks';
import { type Asked, useAsked } from '../pages/use-asked.js';
import { seriesOf } from './series.js';

/** What came since is seen as it happens; that is asked for anew for what was missed while the connection was lost. */
const againMs = 60_000;
/** Of a cluster that has just begun there is not even a line. */
const soonMs = 5_000;

/** What is seen to happen is asked for when the master has surely noted it: only it knows why. */
const notedMs = 1000;

/**
 * What the master remembers of a server, or of the whole cluster: asked for at once, each minute, and when more has been seen to happen.
 *
 * @param seen when something was seen to happen last, in ms; undefined for never
 */
export function usePast(span: PastSpan, id?: string, seen?: number): Asked<Past> {
  const asked = useAsked<Past>('views.past', { span, ...(id !== undefined && { id }) });
  const { again, answer } = asked;
  const isLine = answer !== undefined && seriesOf(answer).times.length > 1;
  useEffect(() => {
    const timer = setInterval(() => again(), isLine ? againMs : soonMs);
    return () => clearInterval(timer);
    // what it does is always the same
  }, [span, id, isLine]);
  useEffect(() => {
    if (seen === undefined) return;
    const timer = setTimeout(() => again(), notedMs);
    return () => clearTimeout(timer);
  }, [seen]);
  return asked;
}
