import type { Sample } from './crew.js';
import type { RunDefaults, RunInfo } from './definition.js';

/** What the process that runs a load test tells its workers, in this order. */
export type ToWorker =
  | { readonly kind: 'load'; readonly script: string; readonly name: string }
  | { readonly kind: 'prepare'; readonly run: RunInfo }
  | { readonly kind: 'play' }
  | { readonly kind: 'end' };

/** What a worker tells: `loaded`, `ready`, a `sample` each second, `ended`; or `refused` before it plays. */
export type FromWorker =
  | { readonly kind: 'loaded'; readonly defaults: RunDefaults; readonly thresholds: readonly string[] }
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly message: string }
  | {
      readonly kind: 'sample';
      /** The last second since `play` that it is about, from 0. */
      readonly second: number;
      /** How many it is about: a worker that has too much to do is late. 0 for what came after the end. */
      readonly seconds: number;
      /** Share of the second in which the process was busy, from 0 to 1. */
      readonly busy: number;
      readonly sample: Sample;
    }
  | { readonly kind: 'ended' };
