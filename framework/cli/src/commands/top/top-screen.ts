import { writeFileSync } from 'node:fs';
import { reasonOf } from '@pomelo-ts/common';
import { operations } from '@pomelo-ts/master/operations';
import { askedBy, type ViewQuery } from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';
import { type FullScreen, openFullScreen } from '../../tui/full-screen.js';
import { screenLines } from '../../view/top/lines/screen-lines.js';
import { logFilter } from '../../view/top/log-filter.js';
import { pageJson } from '../../view/top/page-text.js';
import { reduce } from '../../view/top/reduce.js';
import type { Effect, ScreenEvent } from '../../view/top/screen-event.js';
import { beginScreen, type ScreenState } from '../../view/top/screen-state.js';
import type { LogSource } from '../logs/log-source.js';
import { onStopSignals } from '../start/signals.js';
import { carryOutOrder } from './carry-out-action.js';
import { followFacts } from './follow-facts.js';
import { followLog } from './follow-log.js';
import { followTrace } from './follow-trace.js';
import { Frames } from './frames.js';
import { LivePage } from './live-page.js';
import { painted } from './painted.js';

/** What a full screen is begun with. */
export interface TopScreenOptions {
  /** @throws why there is no master */
  connect(): Promise<MasterClient>;
  openLogs(): Promise<LogSource>;
  readonly query: Partial<ViewQuery>;
  readonly readonly: boolean;
  readonly plain: boolean;
  readonly colours: boolean;
}

/** Time after the last key of a filter until the master is asked, in ms. */
const typingMs = 150;

/** As {@link typingMs} where servers are asked, and it is written down who has looked. */
const askingMs = 600;

const pauseOf = ({ view }: ViewQuery): number => (askedBy(view) === undefined ? typingMs : askingMs);

/** What each action does, as the table of operations says. */
const effects = {
  restart: operations['servers.restart'].effect,
  stop: operations['servers.stop'].effect,
  start: operations['servers.start'].effect,
  drain: operations['servers.drain'].effect,
  undrain: operations['servers.undrain'].effect,
  kill: operations['servers.kill'].effect,
  kick: operations['users.kick'].effect,
  profile: operations['servers.profile'].effect,
} as const;

/** Shows a running cluster on the whole terminal until whoever looks leaves. @throws NO_MASTER and what else keeps one from looking */
export async function topScreen(options: TopScreenOptions): Promise<void> {
  const top = new TopScreen(options);
  await top.open();
  return top.left;
}

/** Ties together what is pressed, what the master tells, and what is drawn. */
class TopScreen {
  readonly #options: TopScreenOptions;
  readonly #live: LivePage;
  readonly #frames = new Frames(() => this.#draw());
  readonly left: Promise<void>;
  #leave: () => void = () => {};
  #screen!: FullScreen;
  #state!: ScreenState;
  #asked: NodeJS.Timeout | undefined;
  #log: AbortController | undefined;
  #facts: AbortController | undefined;

  constructor(options: TopScreenOptions) {
    this.#options = options;
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.#live = new LivePage(() => options.connect(), {
      page: (page) => this.#hear({ kind: 'page', page }),
      lost: (reason) => this.#hear({ kind: 'lost', reason }),
      refused: (reason) => this.#hear({ kind: 'refused', reason }),
    });
  }

  async open(): Promise<void> {
    await this.#live.client(); // without a master at the beginning there is nothing to see
    const { query, readonly, plain } = this.#options;
    const listener = {
      key: (key: Parameters<Parameters<typeof openFullScreen>[0]['key']>[0]) =>
        this.#hear({ kind: 'key', key }),
      size: (rows: number, columns: number) => this.#hear({ kind: 'size', rows, columns }),
    };
    this.#screen = openFullScreen(listener);
    const { rows, columns } = this.#screen;
    this.#state = beginScreen({ query, readonly, plain, rows, columns, now: Date.now() });
    this.#live.show(this.#state.query);
    const clock = setInterval(() => this.#hear({ kind: 'time', now: Date.now() }), 1000);
    const release = onStopSignals({ first: () => this.#leave(), second: () => this.#leave() });
    void this.left.then(() => {
      clearInterval(clock);
      release();
      this.#close();
    });
    this.#frames.want();
  }

  #hear(event: ScreenEvent): void {
    const before = this.#state;
    const { state, effect } = reduce(before, event);
    this.#state = state;
    if (state.query !== before.query) this.#ask(state.mode.kind === 'filter' ? pauseOf(state.query) : 0);
    this.#followMode(before, state);
    this.#askOf(before, state);
    if (effect) this.#do(effect);
    this.#frames.want();
  }

  #ask(afterMs: number): void {
    clearTimeout(this.#asked);
    this.#asked = setTimeout(() => this.#live.show(this.#state.query), afterMs);
  }

  /** Of an opened line is asked what the table does not have. */
  #askOf(before: ScreenState, { mode, query: { view }, page }: ScreenState): void {
    const [former, opened] = [before.mode, mode].map((one) => (one.kind === 'detail' ? one : undefined));
    if (former?.key === opened?.key && former?.tab === opened?.tab && before.query.view === view) return;
    this.#facts?.abort();
    const row = page?.rows.find(({ key }) => key === opened?.key);
    if (!opened || !row) return;
    const { key, tab } = opened;
    const facts = new AbortController();
    this.#facts = facts;
    void followFacts(
      () => this.#live.client(),
      { view, row, tab, columns: this.#state.columns, plain: this.#options.plain },
      (lines) => this.#hear({ kind: 'facts', key, tab, lines }),
      facts.signal,
    );
  }

  /** A log is read as long as it is shown. */
  #followMode(before: ScreenState, { mode }: ScreenState): void {
    const [former, followed] = [before.mode, mode].map((one) => (one.kind === 'log' ? one : undefined));
    const same = (['id', 'filter', 'traceMs'] as const).every((name) => followed?.[name] === former?.[name]);
    if (same) return;
    this.#log?.abort();
    if (!followed) return;
    const { id, traceMs } = followed;
    const filter = followed.filter === '' ? undefined : logFilter(followed.filter);
    const log = new AbortController();
    this.#log = log;
    if (traceMs !== undefined) {
      const tell = (lines: readonly string[]) => this.#hear({ kind: 'log', id, lines });
      void followTrace(() => this.#live.client(), { uid: id, forMs: traceMs }, tell, log.signal);
      return;
    }
    const open = () => this.#options.openLogs();
    void followLog({ id, filter, open }, (lines) => this.#hear({ kind: 'log', id, lines }), log.signal);
  }

  #do(effect: Effect): void {
    if (effect.do === 'quit') this.#leave();
    else if (effect.do === 'suspend') this.#screen.suspend();
    else if (effect.do === 'copy') this.#screen.copy(effect.text);
    else if (effect.do === 'write') this.#write();
    else void this.#operate(effect);
  }

  async #operate(ordered: Effect & { readonly do: 'operate' }): Promise<void> {
    const tell = (text: string, bad = false) => this.#hear({ kind: 'told', text, bad });
    try {
      await carryOutOrder(await this.#live.client(), ordered, tell);
    } catch (error) {
      tell(reasonOf(error), true);
    }
  }

  #write(): void {
    const { page, query } = this.#state;
    if (!page) return;
    const file = `pomelo-ts-${query.view}-${new Date(page.at).toISOString().replaceAll(':', '-')}.json`;
    try {
      writeFileSync(file, `${pageJson(page)}\n`, { flag: 'wx' });
      this.#hear({ kind: 'told', text: `written to ${file}`, bad: false });
    } catch (error) {
      this.#hear({ kind: 'told', text: reasonOf(error), bad: true });
    }
  }

  #draw(): void {
    this.#screen.draw(painted(screenLines(this.#state, effects), this.#options.colours));
  }

  #close(): void {
    clearTimeout(this.#asked);
    this.#frames.stop();
    this.#log?.abort();
    this.#facts?.abort();
    this.#live.close();
    this.#screen.close();
  }
}
