import type { Tier } from '@pomelo-ts/cluster';

/** What an operator is told while servers start or stop. */
export type Progress =
  | {
      readonly kind: 'tier';
      readonly doing: 'start' | 'stop';
      readonly name: Tier['name'];
      readonly ids: readonly string[];
    }
  | {
      readonly kind: 'server';
      readonly id: string;
      readonly state: 'starting' | 'ready' | 'failed' | 'stopping' | 'stopped' | 'killed';
      /** Since it was told to start or stop. */
      readonly ms: number;
    };

export type OnProgress = (progress: Progress) => void;
