import { setMaxListeners } from 'node:events';

/** Aborted when a session or a key is over; however many requests go on by it, each may listen for that. */
export function endOfMany(): AbortController {
  const over = new AbortController();
  setMaxListeners(0, over.signal); // Node takes more than ten for a leak, and says so in the log
  return over;
}
