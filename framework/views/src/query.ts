import type { ViewName } from './views.js';

/** Times over which rates, shares and percentiles are told. */
export const windows = ['10s', '1m', '5m', '1h'] as const;

/** One of {@link windows}. */
export type Window = (typeof windows)[number];

/** Seconds of a window. */
export const windowSeconds: Readonly<Record<Window, number>> = { '10s': 10, '1m': 60, '5m': 300, '1h': 3600 };

/** Most lines of a page. */
export const mostRows = 200;

/** Longest filter, in characters. */
export const longestFilter = 200;

/** What lines can be put together by. */
export const groupings = ['host', 'type', 'build'] as const;

/** What a page shows of a view: which lines, in which order, how many, over which time. */
export interface ViewQuery {
  readonly view: ViewName;
  /** See `parseFilter`; empty for all lines. */
  readonly filter: string;
  /** Column to sort by; `trouble` puts first what is most wrong. */
  readonly sort: string;
  /** Whether small comes first. */
  readonly ascending: boolean;
  /** Whether to sort by how much the column has grown in the window, and not by its value. */
  readonly growth: boolean;
  readonly window: Window;
  /** Lines of the page, at most {@link mostRows}. */
  readonly limit: number;
  /** Column by which lines stand together. */
  readonly group?: (typeof groupings)[number];
  /** Whether only lines with something wrong are shown. */
  readonly faulty: boolean;
}

/** What is looked at when nothing else is asked for: what is wrong, first. */
export const usualQuery: ViewQuery = {
  view: 'servers',
  filter: '',
  sort: 'trouble',
  ascending: false,
  growth: false,
  window: '10s',
  limit: mostRows,
  faulty: false,
};
