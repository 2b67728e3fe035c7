import type { SourceFile } from './finding.js';

/** Something that an app has and that works as it is. */
export interface Working {
  readonly what: string;
  readonly count: number;
}

const files: readonly [what: string, pattern: RegExp][] = [
  ['handler files', /^app\/servers\/[^/]+\/handler\/[^/]+$/],
  ['remote files', /^app\/servers\/[^/]+\/remote\/[^/]+$/],
  ['cron files', /^app\/servers\/[^/]+\/cron\/[^/]+$/],
  ['lifecycle files', /^app\/servers\/[^/]+\/lifecycle\.[jt]s$/],
];

const calls: readonly [what: string, pattern: RegExp][] = [
  ...['configure', 'filter', 'before', 'after', 'globalFilter', 'globalBefore', 'globalAfter'].map(appCall),
  ...[
    'rpcFilter',
    'rpcBefore',
    'rpcAfter',
    'load',
    'use',
    'loadConfigBaseApp',
    'transaction',
    'addCrons',
  ].map(appCall),
  ['calls of app.rpc', /\bapp\.rpc\.\w+\.\w+\.\w+/g],
  ['pushes to channels', /\.a?pushMessage\(/g],
  ['pushes to listed uids', /\.a?pushMessageByUids\(/g],
  ['broadcasts', /\.a?broadcast\(/g],
  ['session.bind', /\.a?bind\(\s*\w*uid/g],
  ['session.push', /\bsession\.a?push(?:All)?\(/g],
];

function appCall(name: string): [what: string, pattern: RegExp] {
  return [`app.${name}`, new RegExp(`\\bapp\\.${name}\\(`, 'g')];
}

/** Counts what of an app needs no hand. */
export function workingParts(sources: readonly SourceFile[]): Working[] {
  const counted = [
    ...files.map(([what, pattern]) => ({
      what,
      count: sources.filter(({ file }) => pattern.test(file)).length,
    })),
    ...calls.map(([what, pattern]) => ({
      what,
      count: sources.reduce((sum, { text }) => sum + [...text.matchAll(pattern)].length, 0),
    })),
  ];
  return counted.filter(({ count }) => count > 0);
}
