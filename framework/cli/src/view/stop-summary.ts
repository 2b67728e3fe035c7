import type { OnProgress } from '@pomelo-ts/master';
import { count } from './units.js';

/** How servers have come to their end. */
export interface Ends {
  /** All that have ended. */
  readonly total: number;
  /** How many of them did not stop but were killed. */
  readonly killed: number;
  /** How many of them may still run, as their hosts cannot be reached. */
  readonly unreached?: number;
  /** Whether the master has ended with them. */
  readonly master?: boolean;
}

/** `5 servers and the master stopped, 1 killed, 2 not reached`. */
export function stopSummary({ total, killed, unreached = 0, master = false }: Ends): string {
  const stopped = total - killed - unreached;
  const who = [
    ...(stopped > 0 || (killed + unreached === 0 && !master) ? [count(stopped, 'server')] : []),
    ...(master ? ['the master'] : []),
  ];
  return [
    ...(who.length > 0 ? [`${who.join(' and ')} stopped`] : []),
    ...(killed > 0 ? [`${stopped > 0 ? killed : count(killed, 'server')} killed`] : []),
    ...(unreached > 0 ? [`${unreached} not reached`] : []),
  ].join(', ');
}

/** Counts servers that were not reached while they were stopped. */
export class UnreachedCount {
  total = 0;

  /** Looks at a step of the stop, and hands it on. */
  watch(onProgress: OnProgress): OnProgress {
    return (progress) => {
      if (progress.kind === 'server' && progress.state === 'unreached') this.total++;
      onProgress(progress);
    };
  }
}
