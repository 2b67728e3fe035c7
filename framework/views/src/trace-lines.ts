import { showTime } from './show.js';

/** What happened to a traced user, in the words of a line. */
const words = {
  request: '-> request',
  notify: '-> notify',
  answer: '<- answer',
  work: '   worked',
  push: '<- push',
  dropped: '!! push dropped',
  join: '   joined',
  leave: '   left',
  bound: '   bound, from',
  unbound: '   unbound',
  ended: '!! ended',
  came: '   came',
  moved: '   moved',
} as const;

/** What is told while a user is traced, as far as people read it. */
export interface ToldTrace {
  /** In the order of time. */
  readonly lines: readonly {
    /** In ms since 1970. */
    readonly at: number;
    readonly server: string;
    readonly kind: keyof typeof words;
    /** Route, channel or reason. */
    readonly what: string;
    readonly code?: string;
    readonly ms?: number;
    readonly bytes?: number;
  }[];
  /** Lines that were left out, as there were too many. */
  readonly lost: number;
  /** Servers that do not answer, when these are others than before. */
  readonly silent?: readonly string[];
}

/** How a trace has ended. */
export interface EndedTrace {
  readonly ended: 'time' | 'full' | 'gone';
  readonly lines: number;
  readonly lost: number;
}

/** What is told of a trace, as lines; what was left out, too. */
export function traceLines({ lines, lost, silent }: ToldTrace): string[] {
  return [
    ...lines.map(({ at, server, kind, what, code, ms, bytes }) =>
      [
        `${showTime(at)}.${String(Math.floor(at) % 1000).padStart(3, '0')}`,
        words[kind].padEnd(11),
        what,
        ...(code === undefined ? [] : [code]),
        ...(ms === undefined ? [] : [`${ms}ms`]),
        ...(bytes === undefined ? [] : [`${bytes}B`]),
        // last, as ids can be long: a narrow screen would cut what happened, or how long it took
        `at ${server}`,
      ].join(' '),
    ),
    ...(lost > 0 ? [`(${lost} lines were left out: more than 200 a second of one server)`] : []),
    ...(silent === undefined
      ? []
      : silent.length > 0
        ? silent.map((one) => `(no answer from ${one})`)
        : ['(all servers answer again)']),
  ];
}

/** How a trace has ended, as a line. */
export function traceEnd({ ended, lines, lost }: EndedTrace): string {
  const why = { time: 'the time is over', full: 'it was too much', gone: 'it was ended' }[ended];
  return `${why}: ${lines} line${lines === 1 ? '' : 's'}${lost > 0 ? `, ${lost} left out` : ''}`;
}
