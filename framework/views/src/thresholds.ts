/**
 * From where on something is a problem: one set of numbers for terminal, page, the alerts that the master sends, and the rules for
 * Prometheus.
 */
export const thresholds = {
  /** Seconds that an event loop is late (99th percentile). */
  loopWarnSeconds: 0.1,
  loopPageSeconds: 0.5,
  /** Used share of the heap, and of the descriptors. */
  heapShare: 0.8,
  filesShare: 0.8,
  /**
   * Share of one processor over a minute: a game's code has one. Not 0.7, as the processor time of a process has that of its other threads in it
   * (garbage collection, compression), and a late event loop is told by itself, from 0.1 s.
   */
  cpuShare: 0.9,
  /** Share of requests that fail, over a minute, from so many a second. */
  errorShare: 0.05,
  errorRequests: 1,
  /** Seconds that 99 of 100 requests take at most, over a minute, from so many a second. */
  latencySeconds: 0.5,
  latencyRequests: 1,
  /** Crashes of one server within 10 minutes. */
  crashes: 3,
  /** Share of requests that may fail by faults of the game and absent servers, over a month: what is promised to players. */
  errorBudget: 0.001,
  /** So many times faster than in a month is the budget used up: within 2 days, and within 5. */
  fastBurn: 14.4,
  slowBurn: 6,
  /** Change of those who are on-line within 10 minutes, as a share, from so many. */
  onlineShare: 0.2,
  onlineLeast: 200,
  /** Share of the clients that come and are not let in. */
  refusedShare: 0.05,
  /** Share of the handshakes that fail or that the game refuses, from so many of these within 5 minutes. */
  failedHandshakeShare: 0.05,
  failedHandshakes: 20,
  /** Share of calls between servers that are too late or refused, from so many a second. */
  callShare: 0.05,
  calls: 1,
  /** Changes of a link, and broken connections between servers, within 15 minutes. */
  linkChanges: 6,
  brokenConnections: 6,
  /** Clients of the fullest server of a type, in relation to the average, from so many on average. */
  unevenRatio: 1.3,
  unevenLeast: 50,
  /** Seconds in which a heap that grows like the last 2 hours must not be full. */
  heapLeakSeconds: 6 * 3600,
  /** Tries to sign in to the admin that fail, within a minute. */
  signInFailures: 20,
  /** Bytes that wait for all clients of a frontend, and by how many more each second. */
  sendQueueBytes: 64e6,
  sendQueueGrowth: 1e6,
  /** Share of the pushes to clients that are dropped, from so many a second. */
  droppedShare: 0.01,
  pushes: 10,
  /** Proofs with another secret within 15 minutes. */
  wrongProofs: 3,
  /** Seconds until a TLS certificate ends: two weeks, and two days. */
  certificateWarnSeconds: 14 * 86_400,
  certificatePageSeconds: 2 * 86_400,
  /** Seconds by which the clock of a host differs from the master's. */
  clockSkewSeconds: 0.5,
  /** Bytes that are left on a disk of the game. */
  diskWarnBytes: 1024 ** 3,
  diskPageBytes: 64 * 1024 ** 2,
} as const;

/** Minutes over which the master itself looks at what {@link thresholds} are for, as its rules for Prometheus do, and for which it must last. */
export const faultMinutes = {
  /** What each second counts: messages, connections, calls. */
  burst: 5,
  /** What happens seldom: crons, leases, moves of sessions. */
  usual: 15,
  /** Changes of a link. */
  link: 15,
  /** Time in which a change of the registry has come to all. */
  split: 2,
  /** How long fewer, or more, must be on-line. */
  drop: 2,
  /** How long a disk must be full, or all servers of a host gone. */
  short: 1,
} as const;

/** The time in which {@link thresholds}`.crashes` are counted, in ms. */
export const crashesWithinMs = 600_000;
