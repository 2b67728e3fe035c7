import { RobotError } from './robot-error.js';

const operators = ['<=', '>=', '<', '>'] as const;

/** Something that must hold at the end, read from a text such as `chat.chatHandler.send p95<100ms`. */
export interface Threshold {
  readonly text: string;
  /** A route, push, measure or counter; undefined for all requests, or for `errors` all errors. */
  readonly subject: string | undefined;
  readonly metric: Metric;
  readonly operator: (typeof operators)[number];
  /** In the unit of the metric. */
  readonly limit: number;
}

/** What can be asked for: times in ms, a share from 0 to 1, a number, a number per second. */
export type Metric =
  | { readonly kind: 'quantile'; readonly q: number }
  | { readonly kind: 'min' | 'mean' | 'max' | 'errorShare' | 'errors' | 'count' | 'rate' };

const grammar =
  'p50|p95|p99|p99.9|min|mean|max <time>, errors <share>% or <number>, count <number> or rate <number>/s, as in "p99<200ms", "errors<1%", "chat.chatHandler.send p95<100ms"';

/** @throws RobotError that says what is expected */
export function parseThreshold(text: string): Threshold {
  const match =
    /^(?:(?<subject>\S.*?)\s+)?(?<metric>[a-z][\w.]*)\s*(?<operator><=|>=|<|>)\s*(?<limit>\S+)$/.exec(
      text.trim(),
    );
  const { subject, metric = '', operator, limit = '' } = match?.groups ?? {};
  const read = match ? readLimit(metric, limit) : undefined;
  if (read === undefined) throw new RobotError(`expected a threshold as ${grammar}; got "${text}"`);
  return { text: text.trim(), subject, operator: operator as Threshold['operator'], ...read };
}

/** Whether `value` is as the threshold wants it. */
export function holds({ operator, limit }: Threshold, value: number): boolean {
  if (operator === '<') return value < limit;
  if (operator === '<=') return value <= limit;
  return operator === '>' ? value > limit : value >= limit;
}

function readLimit(metric: string, text: string): Pick<Threshold, 'metric' | 'limit'> | undefined {
  const [, figure, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|%|\/s|)$/.exec(text) ?? [];
  const value = Number(figure);
  if (figure === undefined) return undefined;
  if (metric === 'count' && unit === '') return { metric: { kind: 'count' }, limit: value };
  if (metric === 'rate' && (unit === '/s' || unit === '')) return { metric: { kind: 'rate' }, limit: value };
  if (metric === 'errors' && unit === '') return { metric: { kind: 'errors' }, limit: value };
  if (metric === 'errors' && unit === '%') return { metric: { kind: 'errorShare' }, limit: value / 100 };
  const ms = { us: 0.001, ms: 1, s: 1000 }[unit ?? ''];
  const kind = timeOf(metric);
  return ms === undefined || kind === undefined ? undefined : { metric: kind, limit: value * ms };
}

function timeOf(metric: string): Metric | undefined {
  if (metric === 'min' || metric === 'mean' || metric === 'max') return { kind: metric };
  const percent = Number(/^p(\d{1,2}(?:\.\d+)?)$/.exec(metric)?.[1]);
  return percent > 0 ? { kind: 'quantile', q: percent / 100 } : undefined;
}
