import type { ViewName, views } from '@pomelo-ts/views';

/** What the master names in English, in Chinese: each column of each view, operations by verb, when they ask for a proof, and states. */
export interface ChineseNames {
  readonly columns: {
    readonly [V in ViewName]: {
      readonly [C in keyof (typeof views)[V]['columns']]: readonly [title: string, help: string];
    };
  };
  readonly effects: Readonly<Record<string, string>>;
  /** When an operation asks for a proof, by what the master says. */
  readonly proofs: Readonly<Record<string, string>>;
  readonly verbs: Readonly<Record<string, string>>;
  readonly states: Readonly<Record<string, string>>;
}
