import type { Tier } from '@pomelo-ts/cluster';

/** What an operator is told while servers start or stop. */
export type Progress =
  /** Another operation is under way, such as `restart of chat-1`: it goes first. */
  | { readonly kind: 'waiting'; readonly operation: string }
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
        | 'taken back';
      /** Since it was told to start or stop. */
      readonly ms: number;
    };

/**
 * Told of each step of a start or stop, in order, while it goes on. Must not throw.
 *
 * @example await master.start({}, (progress) => console.log(progress.kind));
 */
export type OnProgress = (progress: Progress) => void;
