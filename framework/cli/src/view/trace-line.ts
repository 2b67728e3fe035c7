import type { Operations } from '@pomelo-ts/master';
import { showTime } from '@pomelo-ts/views';

type News = Operations['users.trace']['progress'];

/** What happened to a traced user, in the words of a line. */
const words: Readonly<Record<News['lines'][number]['kind'], string>> = {
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
};

/** What is told of a trace, as lines; what was left out, too. */
export function traceLines({ lines, lost, silent }: News): string[] {
  return [
    ...lines.map(({ at, server, kind, what, code, ms, bytes }) =>
      [
        `${showTime(at)}.${String(Math.floor(at) % 1000).padStart(3, '0')}`,
        server.padEnd(12),
        words[kind].padEnd(11),
        what,
        ...(code === undefined ? [] : [code]),
        ...(ms === undefined ? [] : [`${ms}ms`]),
        ...(bytes === undefined ? [] : [`${bytes}B`]),
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

/** How a trace has ended. */
export function traceEnd({ ended, lines, lost }: Operations['users.trace']['answer']): string {
  const why = { time: 'the time is over', full: 'it was too much', gone: 'it was ended' }[ended];
  return `${why}: ${lines} line${lines === 1 ? '' : 's'}${lost > 0 ? `, ${lost} left out` : ''}`;
}
