import { writeFileSync } from 'node:fs';
import { reasonOf } from '@pomelo-ts/common';
import { askedBy, parseLogFilter, type ViewQuery } from '@pomelo-ts/views';
import { knownOperations } from '../../console/known-operation.js';
import type { MasterClient } from '../../master-client.js';
import { type FullScreen, openFullScreen } from '../../tui/full-screen.js';
import { rowAt, screenLines } from '../../view/top/lines/screen-lines.js';
import type { Permitted } from '../../view/top/order.js';
import { pageJson } from '../../view/top/page-text.js';
import { reduce } from '../../view/top/reduce.js';
import type { Effect, ScreenEvent } from '../../view/top/screen-event.js';
import {
  beginScreen,
  type LogEntry,
  logIn,
  type ScreenState,
  type TextLine,
} from '../../view/top/screen-state.js';
import type { LogSource } from '../logs/log-source.js';
import { onStopSignals } from '../start/signals.js';
import { carryOutOrder } from './carry-out-action.js';
import { followFacts } from './follow-facts.js';
import { followLog } from './follow-log.js';
import { followTrace } from './follow-trace.js';
import { Frames } from './frames.js';
import { LivePage } from './live-page.js';
import { type AskedMoment, momentFacts } from './moment-facts.js';
import { painted } from './painted.js';
import { wrongInFilter } from './wrong-in-filter.js';

/** What a full screen is begun with. */
export interface TopScreenOptions {
  /** @throws why there is no master */
  connect(): Promise<{ readonly client: MasterClient; readonly permit?: Permitted | undefined }>;
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
  /** Undefined until the first master was found. */
  #state!: ScreenState;
  #permit: Permitted | undefined;
  #asked: NodeJS.Timeout | undefined;
  #log: AbortController | undefined;
  #facts: AbortController | undefined;

  constructor(options: TopScreenOptions) {
    this.#options = options;
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.#live = new LivePage(() => this.#connect(), {
      page: (page) => this.#hear({ kind: 'page', page }),
      lost: (reason) => this.#hear({ kind: 'lost', reason }),
      refused: (reason) => this.#hear({ kind: 'refused', reason }),
    });
  }

  /** Another master, or a role that has changed, may permit something else. */
  async #connect(): Promise<MasterClient> {
    const { client, permit } = await this.#options.connect();
    this.#permit = permit;
    if (this.#state) this.#hear({ kind: 'permitted', permit });
    return client;
  }

  async open(): Promise<void> {
    await this.#live.client(); // without a master at the beginning there is nothing to see
    const { query, readonly, plain } = this.#options;
    const listener = {
      key: (key: Parameters<Parameters<typeof openFullScreen>[0]['key']>[0]) =>
        this.#hear({ kind: 'key', key }),
      size: (rows: number, columns: number) => this.#hear({ kind: 'size', rows, columns }),
      pointed: (line: number) => {
        const row = rowAt(this.#state, line);
        if (row) this.#hear({ kind: 'pointed', key: row.key });
      },
    };
    this.#screen = openFullScreen(listener);
    const { rows, columns } = this.#screen;
    const [now, operations, permit] = [Date.now(), knownOperations(), this.#permit];
    this.#state = beginScreen({ query, readonly, plain, rows, columns, now, operations, permit });
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
    if (state.mode.kind === 'command' && before.mode.kind !== 'command') void this.#learnServers();
    if (state.mode.kind === 'moment' && before.mode.kind !== 'moment') void this.#askMoment(state.mode.entry);
    if (effect) this.#do(effect);
    this.#frames.want();
  }

  /** What a command may name. */
  async #learnServers(): Promise<void> {
    try {
      const servers = await (await this.#live.client()).operate('servers.list', {});
      this.#hear({ kind: 'servers', servers });
    } catch {
      // a master that is gone is told of by the table; without its servers nothing is completed
    }
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

  async #askMoment(entry: LogEntry & AskedMoment): Promise<void> {
    const { columns, plain } = this.#state;
    const tell = (lines: readonly TextLine[]) => this.#hear({ kind: 'moment', entry, lines });
    try {
      tell(await momentFacts(await this.#live.client(), entry, { columns, plain }));
    } catch (error) {
      tell([{ text: reasonOf(error), style: 'yellow' }]);
    }
  }

  /** A log is read as long as it is shown. */
  #followMode(before: ScreenState, { mode }: ScreenState): void {
    const [former, followed] = [logIn(before.mode), logIn(mode)];
    const same = (['id', 'filter', 'traceMs'] as const).every((name) => followed?.[name] === former?.[name]);
    if (same) return;
    this.#log?.abort();
    if (!followed) return;
    const { id, traceMs } = followed;
    const filter = followed.filter === '' ? undefined : parseLogFilter(followed.filter);
    const log = new AbortController();
    this.#log = log;
    if (traceMs !== undefined) {
      const tell = (lines: readonly LogEntry[]) => this.#hear({ kind: 'log', id, lines });
      void followTrace(() => this.#live.client(), { uid: id, forMs: traceMs }, tell, log.signal);
      return;
    }
    const open = () => this.#options.openLogs();
    void followLog({ id, filter, open }, (lines) => this.#hear({ kind: 'log', id, lines }), log.signal);
  }

  #do(effect: Effect): void {
    if (effect.do === 'quit') this.#leave();
    else if (effect.do === 'suspend') this.#screen.suspend();
    else if (effect.do === 'mouse') this.#screen.mouse(effect.on);
    else if (effect.do === 'copy') this.#screen.copy(effect.text);
    else if (effect.do === 'write') this.#write();
    else if (effect.do === 'tryFilter') void this.#tryFilter(effect);
    else void this.#operate(effect);
  }

  async #tryFilter({ id, filter }: Effect & { readonly do: 'tryFilter' }): Promise<void> {
    const wrong = await wrongInFilter(filter);
    this.#hear({ kind: 'filtered', id, filter, ...(wrong !== undefined && { wrong }) });
  }

  async #operate({ order }: Effect & { readonly do: 'operate' }): Promise<void> {
    const { title } = order;
    const tell = (text: string, bad = false) => this.#hear({ kind: 'told', text, bad });
    try {
      await carryOutOrder(await this.#live.client(), order, {
        told: tell,
        answered: (lines) => this.#hear({ kind: 'answered', title, lines }),
      });
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

  #draw(): number {
    return this.#screen.draw(painted(screenLines(this.#state), this.#options.colours));
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
