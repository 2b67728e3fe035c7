import type { Page } from '@pomelo-ts/views';
import type { NamedServer } from '../../console/no-server.js';
import type { Order, Permitted } from './order.js';
import type { LogEntry, ScreenState, ServerTab, TextLine } from './screen-state.js';

/** A key as a terminal tells it: its name, such as `up`, `enter`, `C-c`, and the character that it types if it does. */
export interface Key {
  readonly name: string;
  readonly text?: string;
}

/** What changes a screen. */
export type ScreenEvent =
  | { readonly kind: 'key'; readonly key: Key }
  /** A row of the table was pointed at. */
  | { readonly kind: 'pointed'; readonly key: string }
  | { readonly kind: 'page'; readonly page: Page }
  /** The master is not there, or does not answer. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The master refuses the query. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'log'; readonly id: string; readonly lines: readonly LogEntry[] }
  /** A filter that was typed beside the log of `id` can be looked for, or why not. */
  | { readonly kind: 'filtered'; readonly id: string; readonly filter: string; readonly wrong?: string }
  /** What it was like when a line was written. */
  | { readonly kind: 'moment'; readonly entry: LogEntry; readonly lines: readonly TextLine[] }
  /** What was asked for of an opened line. */
  | {
      readonly kind: 'facts';
      readonly key: string;
      readonly tab: ServerTab;
      readonly lines: readonly TextLine[];
    }
  | { readonly kind: 'servers'; readonly servers: readonly NamedServer[] }
  | { readonly kind: 'told'; readonly text: string; readonly bad: boolean }
  /** The master has answered with something to be read. */
  | { readonly kind: 'answered'; readonly title: string; readonly lines: readonly string[] }
  /** What whoever looks may ask for, as a master said when it was found. */
  | { readonly kind: 'permitted'; readonly permit: Permitted | undefined }
  | { readonly kind: 'size'; readonly rows: number; readonly columns: number }
  | { readonly kind: 'time'; readonly now: number };

/** What is to be done outside of the screen. */
export type Effect =
  | { readonly do: 'quit' }
  | { readonly do: 'suspend' }
  /** Has the terminal tell of its mouse, or not. */
  | { readonly do: 'mouse'; readonly on: boolean }
  /** Looks whether a filter of a log makes sense; the event `filtered` tells. */
  | { readonly do: 'tryFilter'; readonly id: string; readonly filter: string }
  | { readonly do: 'copy'; readonly text: string }
  /** Writes what is shown to a file. */
  | { readonly do: 'write' }
  | { readonly do: 'operate'; readonly order: Order };

/** A screen after something has happened. */
export interface Step {
  readonly state: ScreenState;
  readonly effect?: Effect;
}

/** A step that only changes some of the state. */
export const change = (state: ScreenState, some: Partial<ScreenState>): Step => ({
  state: { ...state, ...some },
});
