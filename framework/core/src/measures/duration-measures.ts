import type { HandlesOf, MeasureTable } from '@pomelo-ts/common';
import { codeClasses } from '@pomelo-ts/common/internal';

/** Routes that are told apart; a game has far fewer, and what clients invent is not among them. */
const mostRoutes = 500;
/** Types of backends that are told apart. */
const mostPeerTypes = 100;

/** Times of requests. */
export const durationMeasures = {
  requestDuration: {
    kind: 'histogram',
    name: 'request.duration',
    unit: 'seconds',
    help: 'On a frontend: time from the arrival of a request, its own or forwarded, until its answer was handed to the connection.',
    open: { label: 'route', most: mostRoutes },
    closed: { label: 'codeClass', values: codeClasses },
  },
  forwardDuration: {
    kind: 'histogram',
    name: 'forward.duration',
    unit: 'seconds',
    help: 'On a frontend: time from a request that it passed on until the answer of the backend was handed to the connection, by the type of the backend.',
    open: { label: 'peerType', most: mostPeerTypes },
    closed: { label: 'codeClass', values: codeClasses },
  },
  requestWork: {
    kind: 'histogram',
    name: 'request.work',
    unit: 'seconds',
    help: 'On a backend: time from the arrival of a forwarded request until its answer was handed to the connection of its frontend.',
    open: { label: 'route', most: mostRoutes },
    closed: { label: 'codeClass', values: codeClasses },
  },
} as const satisfies MeasureTable;

/** Handles of {@link durationMeasures}. */
export type DurationMeasures = HandlesOf<typeof durationMeasures>;

/** The times of one route, or of all that goes to one type of backends. */
export type RouteTimes = ReturnType<DurationMeasures['requestDuration']['of']>;
