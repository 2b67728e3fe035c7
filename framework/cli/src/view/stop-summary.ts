import { count } from './units.js';

/** How servers have come to their end. */
export interface Ends {
  /** All that have ended. */
  readonly total: number;
  /** How many of them did not stop but were killed. */
  readonly killed: number;
  /** Whether the master has ended with them. */
  readonly master?: boolean;
}

/** `5 servers and the master stopped, 1 killed`. */
export function stopSummary({ total, killed, master = false }: Ends): string {
  const stopped = total - killed;
  const who = [
    ...(stopped > 0 || (killed === 0 && !master) ? [count(stopped, 'server')] : []),
    ...(master ? ['the master'] : []),
  ];
  return [
    ...(who.length > 0 ? [`${who.join(' and ')} stopped`] : []),
    ...(killed > 0 ? [`${stopped > 0 ? killed : count(killed, 'server')} killed`] : []),
  ].join(', ');
}
