import type { ProblemName, ViewName, views } from '@pomelo-ts/views';

/** What the master says in English, in Chinese: each column of each view, operations by verb, when they ask for a proof, states and problems. */
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
  /** What arguments mean: by name where several operations have them, else by `verb name`. */
  readonly arguments: Readonly<Record<string, string>>;
  readonly problems: Readonly<Record<ProblemName, string>>;
}
