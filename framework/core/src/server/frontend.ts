import { clientPlaces, clientRoom, type LinkAgent } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import { briefError, openFilesLimit, type TickFlusher } from '@pomelo-ts/common/internal';
import { Handshaker } from '../acceptor/handshaker.js';
import { answerJson, HttpEndpoints } from '../acceptor/http-endpoints.js';
import { HybridAcceptor } from '../acceptor/hybrid-acceptor.js';
import { OriginPolicy } from '../acceptor/origin-policy.js';
import type { Application } from '../application.js';
import { OwnerPorts } from '../channel/owner-ports.js';
import { PushReceiver } from '../channel/push-receiver.js';
import { DeclaredRoutes } from '../dispatch/declared-routes.js';
import { FrontendDispatcher } from '../dispatch/frontend-dispatcher.js';
import { RateLimiter } from '../dispatch/rate-limit.js';
import { Forwarder } from '../forward/forwarder.js';
import { SessionTable } from '../session/session-table.js';
import type { ClientFormat } from '../wire/client-format.js';
import { routesOfBackends } from './handler-routes.js';
import type { ServerParts } from './server-parts.js';
import { TypeStandings } from './type-standings.js';

/** What a frontend is built from. */
export interface FrontendParts extends ServerParts {
  readonly app: Application;
  readonly agent: LinkAgent;
  readonly format: ClientFormat;
  /** Types that the app has folders for now. */
  readonly serverTypes: readonly string[];
  readonly flusher: TickFlusher;
  readonly clock: Clock;
  readonly logger: Logger;
  ready(): boolean;
}

/** The parts that only a frontend has. */
export interface Frontend {
  readonly acceptor: HybridAcceptor;
  readonly table: SessionTable;
  readonly pushes: PushReceiver;
  readonly forwarder: Forwarder;
  readonly messages: FrontendDispatcher;
  readonly rateLimiter: RateLimiter | undefined;
  readonly declared: DeclaredRoutes;
}

/** Builds the parts that only a frontend has; its port is not opened yet. */
export function createFrontend(parts: FrontendParts): Frontend {
  const { app, agent, node, router, serverTypes, clock, logger } = parts;
  const { counters, registrations } = app;
  const { client, request, session } = app.settings.settings;
  const forwarder = new Forwarder({
    node,
    router,
    timeoutMs: request.timeoutMs,
    clock,
    counters,
    logger,
    sessions: () => table.all(),
  });
  const table = new SessionTable({
    serverId: app.serverId,
    policy: session.perUid,
    others: parts.sessions,
    logger,
    counters,
    listener: {
      uidLeft: (entry) => pushes.uidLeft(entry),
      closed: (closed, reason) => {
        pushes.sessionClosed(closed);
        forwarder.sessionClosed(closed, reason);
        for (const listener of registrations.sessionClosed) tell(() => listener(closed, reason), logger);
      },
      bound: (session) => {
        acceptor.onBound(session.connection);
        for (const listener of registrations.sessionBound) tell(() => listener(session), logger);
      },
      unbound: (session, uid) => {
        acceptor.onUnbound(session.connection);
        for (const listener of registrations.sessionUnbound) tell(() => listener(session, uid), logger);
      },
    },
  });
  const pushes = new PushReceiver(table, parts.format, new OwnerPorts(node, parts.channels));
  const { rateLimits } = registrations;
  const declared = createDeclared(parts);
  const rateLimiter =
    rateLimits.length > 0 ? new RateLimiter(rateLimits, { declared, clock, counters, logger }) : undefined;
  const messages = new FrontendDispatcher({
    serverType: app.serverType,
    format: parts.format,
    dispatcher: parts.dispatcher,
    forwarder,
    globalFilters: registrations.globalFilters,
    maxPendingRequests: client.maxPendingRequests,
    rateLimiter,
    standingOf: (type) => standings.of(type),
    counters,
  });
  const standings = new TypeStandings(agent.registry, serverTypes, () => messages.forgetRoutes());
  const acceptor = createAcceptor(parts, table, messages);
  return { table, pushes, forwarder, messages, acceptor, rateLimiter, declared };
}

/** The routes of this frontend and of the backends, for limits that tell routes apart. */
function createDeclared({ dispatcher, agent, node, clock, logger }: FrontendParts): DeclaredRoutes {
  return new DeclaredRoutes({
    isOwn: (route) => dispatcher.find(route) !== undefined,
    ask: () => routesOfBackends({ registry: agent.registry, node, clock, logger }),
    clock,
  });
}

function createAcceptor(
  parts: FrontendParts,
  sessions: SessionTable,
  messages: FrontendDispatcher,
): HybridAcceptor {
  const { app, agent, flusher, clock, logger } = parts;
  const { registrations, counters, server } = app;
  const { client } = app.settings.settings;
  const { onConnect } = registrations;
  const origins = new OriginPolicy(registrations.origins ?? client.origins, logger);
  return new HybridAcceptor({
    serverId: server.id,
    hosts: clientPlaces(server),
    port: server.clientPort!,
    heartbeatTimeoutMs: client.heartbeatTimeoutMs,
    handshakeTimeoutMs: client.handshakeTimeoutMs,
    maxPackageBytes: client.maxPackageBytes,
    get maxConnections() {
      const { server, settings } = agent.settings; // an operator may change it
      return server.maxConnections ?? settings.client.maxConnections ?? Number.POSITIVE_INFINITY;
    },
    get maxConnectionsPerAddress() {
      return agent.settings.settings.client.maxConnectionsPerAddress ?? Number.POSITIVE_INFINITY;
    },
    room: clientRoom(openFilesLimit() ?? Number.POSITIVE_INFINITY),
    sendQueue: client.sendQueue,
    origins,
    compression: client.compression,
    trustedProxies: client.trustedProxies,
    // on the machine of a developer all do come from there
    expectsManyAddresses: client.trustedProxies.length === 0 && app.env !== 'development',
    sessions,
    handshaker: new Handshaker(parts.format, onConnect ? { onConnect } : {}, client.heartbeatMs, logger),
    http: createEndpoints(parts, origins),
    flusher,
    counters,
    clock,
    logger,
    onMessage: (connection, bytes, start, end) => messages.receive(connection, bytes, start, end),
  });
}

function createEndpoints({ app, ready, logger }: FrontendParts, origins: OriginPolicy): HttpEndpoints {
  const http = new HttpEndpoints(app.serverId, ready, logger);
  const { gate } = app.settings.settings;
  if (app.serverType !== gate.serverType) {
    http.add((request, response, url) => {
      if (url.pathname !== '/ticket') return false;
      const { origin } = request.headers;
      response.setHeader('vary', 'origin');
      if (origin && origins.allows(request.headers))
        response.setHeader('access-control-allow-origin', origin);
      const uid = url.searchParams.get('uid');
      if (!uid) {
        answerJson(response, 400, { code: 400, message: 'expected /ticket?uid=…' });
        return true;
      }
      try {
        const { headers, socket } = request;
        const reached = { header: headers.host, address: socket.localAddress };
        answerJson(response, 200, { code: 200, ...app.gate.pickFor(uid, reached) });
      } catch (error) {
        const { status, message } = error as { status?: number; message: string };
        answerJson(response, status ?? 500, { code: status ?? 500, message });
      }
      return true;
    });
  }
  for (const handler of app.registrations.httpHandlers) http.add(handler);
  return http;
}

function tell(listener: () => void, logger: Logger): void {
  try {
    listener();
  } catch (error) {
    logger.error('a listener for what befalls sessions failed', { error: briefError(error) });
  }
}
