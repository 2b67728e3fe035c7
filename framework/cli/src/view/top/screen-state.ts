import {
  askedBy,
  mostRows,
  type Page,
  type Row,
  usualQuery,
  type ViewName,
  type ViewQuery,
} from '@pomelo-ts/views';
import type { KnownOperation } from '../../console/known-operation.js';
import type { NamedServer } from '../../console/no-server.js';
import type { Order, Permitted } from './order.js';

/** What has a letter of its own after `a`, on servers; each is the operation `servers.…`. All others are asked for by `:`. */
export const actions = ['restart', 'stop', 'start', 'drain', 'undrain', 'kill'] as const;

/** In place of the id of one server: the log of all. No server has such an id. */
export const allServers = '*';

/** Parts of the page of a server, in their order: each is shown by its number. */
export const serverTabs = [
  ...(['overview', 'routes', 'rpc', 'clients', 'runtime', 'config', 'log', 'events'] as const),
] as const;

/** One of {@link serverTabs}. */
export type ServerTab = (typeof serverTabs)[number];

/** A line of what was asked for. */
export interface TextLine {
  readonly text: string;
  readonly style?: 'bold' | 'dim' | 'yellow';
}

/** A line of a log, or of a trace. */
export interface LogEntry extends TextLine {
  /** The server that has said it. */
  readonly id?: string;
  /** When, in ms since 1970; of a line that tells no time, that of the one before. */
  readonly at?: number;
  /** The first line of the record that it goes on with, such as that of an error with its stack. */
  readonly of?: string;
}

/** What keys are for just now, and what is shown beside the table. */
export type Mode =
  | { readonly kind: 'table' }
  /** All that is known of one line. */
  | {
      readonly kind: 'detail';
      readonly key: string;
      /** Of a server the part of its page that is shown. */
      readonly tab: ServerTab;
      /** What servers are asked for when it is opened; undefined until they have answered. */
      readonly facts?: readonly TextLine[];
      /** Lines that were scrolled past. */
      readonly from: number;
    }
  /** `from`: lines that were scrolled past. */
  | { readonly kind: 'help'; readonly from: number }
  | {
      readonly kind: 'log';
      /** A server, or {@link allServers}. */
      readonly id: string;
      readonly lines: readonly LogEntry[];
      readonly back: number;
      /** What only lines are shown of; see `logFilter`. */
      readonly filter: string;
      /** The filter while it is typed. */
      readonly typing?: string;
      /** Whether it is a part of the server's page. */
      readonly ofPage?: true;
      /** In place of a log: what happens to the user `id`, for so long. */
      readonly traceMs?: number;
    }
  /** What the figures of a server were like when it said a line of its log. */
  | {
      readonly kind: 'moment';
      readonly entry: LogEntry & { readonly id: string; readonly at: number };
      /** The log that it was opened from; it is followed on. */
      readonly log: Mode & { readonly kind: 'log' };
      /** Undefined until the master has told. */
      readonly facts?: readonly TextLine[];
    }
  /** Typing a filter; `former` comes back with esc. */
  | { readonly kind: 'filter'; readonly text: string; readonly former: string }
  /** Typing a command; `at` counts back in the history. */
  | { readonly kind: 'command'; readonly text: string; readonly at: number }
  /** Waiting for the letter of what is chosen. */
  | { readonly kind: 'sort'; readonly growth: boolean }
  | { readonly kind: 'group' }
  | { readonly kind: 'window' }
  | { readonly kind: 'actions' }
  /** `typed` has to become what `confirmation` asks for. */
  | { readonly kind: 'confirm'; readonly order: Order; readonly typed: string }
  /** What the master has answered to what was asked for. */
  | {
      readonly kind: 'answer';
      readonly title: string;
      readonly lines: readonly string[];
      /** Lines that were scrolled past. */
      readonly from: number;
    };

/** The log that is followed, shown or not. */
export function logIn(mode: Mode): (Mode & { readonly kind: 'log' }) | undefined {
  return mode.kind === 'log' ? mode : mode.kind === 'moment' ? mode.log : undefined;
}

/** What a person is told in the line above the keys. */
export interface Notice {
  readonly text: string;
  readonly bad: boolean;
}

/** All that the screen shows comes of this. */
export interface ScreenState {
  /** What the master is asked for. */
  readonly query: ViewQuery;
  /** What was looked at before. */
  readonly lastQuery: ViewQuery;
  /** What is shown; what the master has told last, unless frozen. */
  readonly page: Page | undefined;
  /** What has come since it was frozen. */
  readonly behind: Page | undefined;
  readonly frozen: boolean;
  /** Why nothing comes just now. */
  readonly lost: string | undefined;
  /** Why the query is refused; the page before stays. */
  readonly refused: string | undefined;
  /** Key of the line that keys are about; the first one, whichever it is, until somebody moves. */
  readonly selected: string | undefined;
  readonly marks: ReadonlySet<string>;
  readonly mode: Mode;
  readonly notice: Notice | undefined;
  /** Commands that were typed, the latest first. */
  readonly history: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly rows: number;
  readonly columns: number;
  /** All servers, as the master told them when a command was begun; undefined as long as it has not. */
  readonly servers: readonly NamedServer[] | undefined;
  /** All that a master can be asked for. */
  readonly operations: ReadonlyMap<string, KnownOperation>;
  /** What of it this visitor may ask for; undefined for all. */
  readonly permit: Permitted | undefined;
  /** Whether nothing can be changed from here. */
  readonly readonly: boolean;
  /** Whether the terminal tells of its mouse, and so marks no text by it. */
  readonly mouse: boolean;
  /** Whether only ASCII may be drawn. */
  readonly plain: boolean;
}

/** What a screen begins with. */
export type Beginning = Pick<
  ScreenState,
  'now' | 'rows' | 'columns' | 'readonly' | 'plain' | 'operations'
> & {
  readonly query?: Partial<ViewQuery>;
  readonly permit?: Permitted | undefined;
};

/** The screen before anything has come. */
export function beginScreen({ query: asked = {}, permit, ...given }: Beginning): ScreenState {
  const query = { ...usualQuery, limit: mostRows, ...asked };
  return {
    ...given,
    permit,
    ...{ query, lastQuery: query, page: undefined, behind: undefined, frozen: false },
    ...{ lost: undefined, refused: undefined, selected: undefined, marks: new Set<string>() },
    ...{ servers: undefined, mode: { kind: 'table' }, notice: undefined, history: [], mouse: false },
  };
}

/** Where the selected line is among those shown; 0 while none is selected, or when it is gone. */
export function placeOf({ page, selected }: ScreenState): number {
  const place = page?.rows.findIndex(({ key }) => key === selected) ?? -1;
  return Math.max(place, 0);
}

/** The line that keys are about. */
export const selectedRow = (state: ScreenState) => state.page?.rows[placeOf(state)];

/** The column that names a server, by view. */
const serverColumn: Readonly<Partial<Record<ViewName, string>>> = {
  problems: 'about',
  servers: 'id',
  crons: 'id',
  users: 'frontend',
  channels: 'id',
};

/** Whether something may be done with the lines of a view: they are about a server, or a user. */
export const hasActions = (view: ViewName): boolean =>
  view === 'users' || (askedBy(view) === undefined && serverColumn[view] !== undefined);

/** The server that a line is about, by its view. */
export function serverOf(state: ScreenState): string | undefined {
  const row = selectedRow(state);
  if (!row) return undefined;
  const cell = row.cells[serverColumn[state.query.view] ?? ''];
  return typeof cell === 'string' ? cell : undefined;
}

/** The user that a line is about; undefined for a session without a uid. */
export function uidOf({ query }: ScreenState, row: Row | undefined): string | undefined {
  const uid = query.view === 'users' ? row?.cells['uid'] : undefined;
  return typeof uid === 'string' ? uid : undefined;
}

/** What an action is about: what is marked, else the server of the selected line. */
export function meantServers(state: ScreenState): readonly string[] {
  if (state.marks.size > 0) return [...state.marks];
  if (askedBy(state.query.view) !== undefined) return []; // lines of users are no servers
  const id = serverOf(state);
  return id === undefined ? [] : [id];
}
