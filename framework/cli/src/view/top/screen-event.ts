import type { Page } from '@pomelo-ts/views';
import type { Order, ScreenState, ServerTab, TextLine } from './screen-state.js';

/** A key as a terminal tells it: its name, such as `up`, `enter`, `C-c`, and the character that it types if it does. */
export interface Key {
  readonly name: string;
  readonly text?: string;
}

/** What changes a screen. */
export type ScreenEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'page'; readonly page: Page }
  /** The master is not there, or does not answer. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The master refuses the query. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'log'; readonly id: string; readonly lines: readonly string[] }
  /** What was asked for of an opened line. */
  | {
      readonly kind: 'facts';
      readonly key: string;
      readonly tab: ServerTab;
      readonly lines: readonly TextLine[];
    }
  | { readonly kind: 'told'; readonly text: string; readonly bad: boolean }
  | { readonly kind: 'size'; readonly rows: number; readonly columns: number }
  | { readonly kind: 'time'; readonly now: number };

/** What is to be done outside of the screen. */
export type Effect =
  | { readonly do: 'quit' }
  | { readonly do: 'suspend' }
  | { readonly do: 'copy'; readonly text: string }
  /** Writes what is shown to a file. */
  | { readonly do: 'write' }
  | {
      readonly do: 'operate';
      readonly action: Order;
      readonly ids: readonly string[];
      /** See `Mode`. */
      readonly more?: string;
    };

/** A screen after something has happened. */
export interface Step {
  readonly state: ScreenState;
  readonly effect?: Effect;
}

/** A step that only changes some of the state. */
export const change = (state: ScreenState, some: Partial<ScreenState>): Step => ({
  state: { ...state, ...some },
});
