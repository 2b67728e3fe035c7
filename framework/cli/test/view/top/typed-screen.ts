import { type Page, type Row, usualQuery, type ViewQuery } from '@pomelo-ts/views';
import { knownOperations } from '../../../src/console/known-operation.js';
import { screenLines } from '../../../src/view/top/lines/screen-lines.js';
import { reduce } from '../../../src/view/top/reduce.js';
import type { Effect, ScreenEvent } from '../../../src/view/top/screen-event.js';
import { type Beginning, beginScreen, type ScreenState } from '../../../src/view/top/screen-state.js';

/** A line of a server. */
export const server = (id: string, more: Row['cells'] = {}): Row => ({
  key: id,
  trouble: more['state'] === 'gone' ? 10 : 0,
  cells: {
    ...{ id, type: 'chat', host: '10.0.0.1', state: 'ready', build: '1', connections: null, requests: 12 },
    ...{ errors: 0, p99: 0.02, cpu: 0.1, loop: 0.01, memory: 3e8, up: 100, restarts: 0, ...more },
  },
});

/** A page with these lines. */
export const pageOf = (rows: readonly Row[]): Page => ({
  at: 1_700_000_000_000,
  rows,
  ...{ matching: rows.length, total: rows.length, silent: [] },
  summary: {
    env: 'production',
    leader: { id: 'master', host: '10.0.0.1', term: 1 },
    ...{
      hosts: 1,
      states: { ready: rows.length },
      builds: ['1'],
      online: 3,
      requests: 12,
      errors: 0,
      ...{ p99: 0.02, pushes: 310_000 },
    },
    past: {
      ...{ online: [null, 1], requests: [null, 1], errors: [null, 0] },
      ...{ p99: [null, 0.1], pushes: [null, 310_000] },
    },
    problems: rows
      .filter(({ trouble }) => trouble > 0)
      .map(({ key }) => ({
        ...{ key, severity: 'warn', about: key, what: 'gone', since: 1_700_000_000_000, next: `logs ${key}` },
      })),
    problemCount: rows.filter(({ trouble }) => trouble > 0).length,
  },
});

/** All that a master may be asked for. */
export const operations = knownOperations();

/** A screen, keys that are typed on it, and what they have done. */
export class Typed {
  state: ScreenState;
  readonly effects: Effect[] = [];

  constructor(rows: readonly Row[], more: Partial<Beginning> = {}) {
    this.state = beginScreen({
      ...{ now: 1_700_000_000_000, rows: 24, columns: 80, readonly: false, plain: false },
      ...{ operations, ...more },
    });
    this.tell({ kind: 'page', page: pageOf(rows) });
  }

  tell(event: ScreenEvent): void {
    const { state, effect } = reduce(this.state, event);
    this.state = state;
    if (effect) this.effects.push(effect);
  }

  /** Types keys: each character one, names of others in angle brackets. */
  type(keys: string): this {
    for (const [, name, text] of keys.matchAll(/<([^>]+)>|(.)/gu))
      this.tell({ kind: 'key', key: name ? { name } : { name: text!, text: text! } });
    return this;
  }

  get text(): string[] {
    return screenLines(this.state).map((line) => line.map(({ text }) => text).join(''));
  }

  /** All of it as one text. */
  get whole(): string {
    return this.text.join('\n');
  }

  /** What was asked of the master. */
  get orders() {
    return this.effects.flatMap((one) => (one.do === 'operate' ? [one.order] : []));
  }

  get asked(): Partial<ViewQuery> {
    const { query } = this.state;
    return Object.fromEntries(
      Object.entries(query).filter(([name, value]) => value !== usualQuery[name as keyof ViewQuery]),
    );
  }
}
