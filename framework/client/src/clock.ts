/** Time as the client sees it; a test gives its own. */
export interface ClientClock {
  /** Milliseconds that never run backwards. */
  now(): number;
  /** Calls back once after `ms` and returns what stops that. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: ClientClock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
