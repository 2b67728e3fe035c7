import type { Tier } from '@pomelo-ts/cluster/internal';

/** What befalls servers while somebody starts, stops or changes them. */
export type ServerProgress =
  /** Something that will not keep a server from starting but may do harm later. */
  | { readonly kind: 'warning'; readonly text: string }
  | {
      readonly kind: 'tier';
      readonly doing: 'start' | 'stop';
      readonly name: Tier['name'];
      readonly ids: readonly string[];
    }
  | {
      readonly kind: 'server';
      readonly id: string;
      readonly state:
        | 'starting'
        | 'ready'
        | 'failed'
        | 'stopping'
        | 'stopped'
        | 'killed'
        /** Its host cannot be reached: it may still run. */
        | 'unreached'
        /** Of a reload. `watched` tells for how long. */
        | 'swapped'
        | 'unchanged'
        | 'needs restart'
        | 'watched'
        | 'taken back'
        | 'draining'
        | 'takes new work';
      /** Since it was told to start or stop. */
      readonly ms: number;
    };

/** Told of each step, in order, while it goes on. Must not throw. */
export type OnServerProgress = (progress: ServerProgress) => void;
