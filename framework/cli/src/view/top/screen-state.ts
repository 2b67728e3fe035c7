import {
  askedBy,
  mostRows,
  type Page,
  type Row,
  usualQuery,
  type ViewName,
  type ViewQuery,
} from '@pomelo-ts/views';

/** What may be done with servers from the screen; each is the operation `servers.…`. */
export const actions = ['restart', 'stop', 'start', 'drain', 'undrain', 'kill'] as const;

/** One of {@link actions}. */
export type Action = (typeof actions)[number];

/** Whether a word is an {@link Action}. */
export const isAction = (word: string): word is Action => (actions as readonly string[]).includes(word);

/** What else may be done, by a command alone: it is about a user, or takes more words. */
export const orders = ['kick', 'profile'] as const;

/** What is asked for before it is done. */
export type Order = Action | (typeof orders)[number];

/** Whether a word is one of {@link orders}. */
export const isOrder = (word: string): word is (typeof orders)[number] =>
  (orders as readonly string[]).includes(word);

/** In place of the id of one server: the log of all. No server has such an id. */
export const allServers = '*';

/** Parts of the page of a server, in their order: each is shown by its number. */
export const serverTabs = ['overview', 'routes', 'rpc', 'clients', 'runtime', 'log', 'events'] as const;

/** One of {@link serverTabs}. */
export type ServerTab = (typeof serverTabs)[number];

/** A line of what was asked for. */
export interface TextLine {
  readonly text: string;
  readonly style?: 'bold' | 'dim' | 'yellow';
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
  | { readonly kind: 'help' }
  | {
      readonly kind: 'log';
      /** A server, or {@link allServers}. */
      readonly id: string;
      readonly lines: readonly string[];
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
  /** Typing a filter; `former` comes back with esc. */
  | { readonly kind: 'filter'; readonly text: string; readonly former: string }
  /** Typing a command; `at` counts back in the history. */
  | { readonly kind: 'command'; readonly text: string; readonly at: number }
  /** Waiting for the letter of what is chosen. */
  | { readonly kind: 'sort'; readonly growth: boolean }
  | { readonly kind: 'group' }
  | { readonly kind: 'window' }
  | { readonly kind: 'actions' }
  /** `typed` has to become `y`, or how many there are. */
  | {
      readonly kind: 'confirm';
      readonly action: Order;
      /** Of servers; of a kick the uid alone. */
      readonly ids: readonly string[];
      /** What a kicked client is told; how a profile is taken. */
      readonly more?: string;
      readonly typed: string;
    };

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
  /** Whether nothing can be changed from here. */
  readonly readonly: boolean;
  /** Whether only ASCII may be drawn. */
  readonly plain: boolean;
}

/** What a screen begins with. */
export type Beginning = Pick<ScreenState, 'now' | 'rows' | 'columns' | 'readonly' | 'plain'> & {
  readonly query?: Partial<ViewQuery>;
};

/** The screen before anything has come. */
export function beginScreen({ query: asked = {}, ...given }: Beginning): ScreenState {
  const query = { ...usualQuery, limit: mostRows, ...asked };
  return {
    ...given,
    ...{ query, lastQuery: query, page: undefined, behind: undefined, frozen: false },
    ...{ lost: undefined, refused: undefined, selected: undefined, marks: new Set<string>() },
    ...{ mode: { kind: 'table' }, notice: undefined, history: [] },
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
