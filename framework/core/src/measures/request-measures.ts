import type { MeasureTable } from '@pomelo-ts/common';

/** What a server counts of requests and notifies of clients, its own and forwarded ones. */
export const requestMeasures = {
  codeBegun: {
    kind: 'counter',
    name: 'code.begun',
    help: 'Requests, notifies and calls that have come to handlers and remotes of the game.',
  },
  requestFailures: {
    kind: 'counter',
    name: 'request.failures',
    help: 'Requests that failed by a fault of the game: what its handler or filter threw, or gave and cannot be sent.',
  },
  requestUnserved: {
    kind: 'counter',
    name: 'request.unserved',
    help: 'Requests that failed because a server was absent, busy or slow, by the code of the error.',
    open: { label: 'code', most: 60 },
  },
  requestGameErrors: {
    kind: 'counter',
    name: 'request.gameErrors',
    help: 'Requests answered with an error that the game throws on purpose.',
  },
  requestTimeouts: {
    kind: 'counter',
    name: 'request.timeouts',
    help: 'Requests whose handler did not answer in time.',
  },
  requestBadBodies: {
    kind: 'counter',
    name: 'request.badBodies',
    help: 'Requests whose body cannot be decoded, or is no object.',
  },
  requestUnknownRoutes: {
    kind: 'counter',
    name: 'request.unknownRoutes',
    help: 'Requests for a route that there is not.',
  },
  requestTooMany: {
    kind: 'counter',
    name: 'request.tooMany',
    help: 'Requests refused because too many of their client wait.',
  },
  requestDroppedNotifies: {
    kind: 'counter',
    name: 'request.droppedNotifies',
    help: 'Notifies dropped because too many handlers of notifies work.',
  },
  requestRateLimited: {
    kind: 'counter',
    name: 'request.rateLimited',
    help: 'Messages refused by a rate limit.',
  },
  requestRateWarned: {
    kind: 'counter',
    name: 'request.rateWarned',
    help: 'Messages beyond a rate limit that only warns.',
  },
  forwardFailures: {
    kind: 'counter',
    name: 'forward.failures',
    help: 'Messages that could not be forwarded: no server, or a session that cannot travel.',
  },
  forwardOverloaded: {
    kind: 'counter',
    name: 'forward.overloaded',
    help: 'Messages not forwarded because too much waits for their backend.',
  },
  forwardDelayedCloses: {
    kind: 'counter',
    name: 'forward.delayedCloses',
    help: 'Times that a backend could not be told at once of a session that ended.',
  },
  forwardUnknownSessions: {
    kind: 'counter',
    name: 'forward.unknownSessions',
    help: 'Forwarded messages of a session that this backend does not know.',
  },
  forwardRefused: {
    kind: 'counter',
    name: 'forward.refused',
    help: 'Forwarded messages refused as too many handlers are at work for their frontend, or it has no room for more sessions.',
  },
  forwardUnreadableSessions: {
    kind: 'counter',
    name: 'forward.unreadableSessions',
    help: 'Snapshots of sessions that this backend could not decode.',
  },
} as const satisfies MeasureTable;
