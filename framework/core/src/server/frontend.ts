import type { MasterLink } from '@pomelo-ts/cluster';
import { clientPlaces, clientRoom } from '@pomelo-ts/cluster/internal';
import type { Clock, Logger } from '@pomelo-ts/common';
import { briefError, openFilesLimit, type TickFlusher } from '@pomelo-ts/common/internal';
import { Acceptors } from '../acceptor/acceptors.js';
import { ProxyTrust } from '../acceptor/connect-info.js';
import { answerJson, HttpEndpoints } from '../acceptor/http-endpoints.js';
import { OriginPolicy } from '../acceptor/origin-policy.js';
import { Places } from '../acceptor/places.js';
import { SendQueues } from '../acceptor/send-queues.js';
import { type AddressBan, type BannedLink, Unwelcome } from '../acceptor/unwelcome.js';
import type { AcceptorMaker } from '../acceptor.js';
import type { Application } from '../application.js';
import { OwnerNotifier } from '../channel/owner-notifier.js';
import { PushReceiver } from '../channel/push-receiver.js';
import type { FrontendDirectory } from '../directory/frontend-directory.js';
import { DeclaredRoutes } from '../dispatch/declared-routes.js';
import { FrontendDispatcher } from '../dispatch/frontend-dispatcher.js';
import { RateLimiter } from '../dispatch/rate-limit.js';
import { Forwarder } from '../forward/forwarder.js';
import { SessionNews } from '../forward/session-news.js';
import { ProbeDesk } from '../probe/probe-desk.js';
import { Prober } from '../probe/prober.js';
import { AvoidedBackends } from '../session/avoided-backends.js';
import { newSessionLife, SessionIds } from '../session/session-ids.js';
import { SessionTable } from '../session/session-table.js';
import type { Tracing } from '../tracing.js';
import type { ClientFormat } from '../wire/client-format.js';
import { WireFormats } from '../wire/push.js';
import { routesOfBackends } from './handler-routes.js';
import type { ServerParts } from './server-parts.js';
import { TypeStandings } from './type-standings.js';

/** What a frontend is built from. */
export interface FrontendParts extends ServerParts {
  readonly app: Application;
  readonly master: MasterLink;
  readonly format: ClientFormat;
  /** Types that the app has folders for now. */
  readonly serverTypes: readonly string[];
  readonly flusher: TickFlusher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What serves the clients in place of the acceptors that configuration names. */
  readonly acceptor: AcceptorMaker | undefined;
  readonly tracing: Tracing | undefined;
  ready(): boolean;
}

/** The parts that only a frontend has. */
export interface Frontend {
  readonly acceptors: Acceptors;
  readonly places: Places;
  readonly queues: SendQueues;
  readonly table: SessionTable;
  readonly uids: FrontendDirectory;
  readonly pushes: PushReceiver;
  readonly forwarder: Forwarder;
  readonly news: SessionNews;
  readonly messages: FrontendDispatcher;
  readonly rateLimiter: RateLimiter | undefined;
  readonly declared: DeclaredRoutes;
  /** Looks whether things arrive, where it shall. */
  readonly prober: Prober | undefined;
  /** Another server has left the cluster. */
  peerRemoved(id: string): void;
  /** Ends what goes on by itself. */
  close(): void;
}

/** Builds the parts that only a frontend has; its port is not opened yet. */
export function createFrontend(parts: FrontendParts): Frontend {
  const { app, master, node, router, serverTypes, backendSessions, traces, clock, logger } = parts;
  const { counters, registrations } = app;
  const { requestDuration } = counters;
  const { client, request, session } = app.settings.settings;
  const forwarder = new Forwarder({
    node,
    router,
    timeoutMs: request.timeoutMs,
    clock,
    counters,
  });
  const news = new SessionNews({ node, counters, logger, sessions: () => table.all() });
  const uids = parts.directory.serve({
    policy: session.perUid,
    uids: () => table.uids(),
    of: (uid) => table.held(uid),
    lost: (uid, sessionId) => table.lost(uid, sessionId),
  });
  const avoided = new AvoidedBackends(master.registry);
  const table = new SessionTable({
    serverId: app.serverId,
    policy: session.perUid,
    registrar: uids,
    endListeners: registrations.sessionClosed,
    ids: new SessionIds(newSessionLife()),
    knownEnd: (id) => backendSessions.release(id),
    avoided: () => avoided.ids,
    logger,
    counters,
    traces,
    listener: {
      uidLeft: (entry) => pushes.uidLeft(entry),
      ready: (held) => places.ready(held),
      message: (session, bytes, start, end) => messages.receive(session, bytes, start, end),
      linkLeft: (held) => places.left(held),
      closed: (closed, reason) => {
        traces.active?.happened(closed.uid, 'ended', reason, closed.id);
        pushes.sessionClosed(closed);
        news.sessionClosed(closed, reason);
      },
      bound: (session) => {
        traces.active?.happened(session.uid, 'bound', session.remoteAddress, session.id);
        if (session.held) places.bound(session.held);
        pushes.uidCame(session.uid!);
        for (const listener of registrations.sessionBound) tell(() => listener(session), logger);
      },
      taken: (session) => {
        traces.active?.happened(session.uid, 'came', 'from another frontend', session.id);
        pushes.sessionTaken(session);
        news.sessionTaken(session);
      },
      moved: (session, frontendId) => {
        traces.active?.happened(session.uid, 'moved', `to ${frontendId}`, session.id);
        pushes.sessionMoved(session, frontendId);
        news.sessionMoved(session);
        return backendSessions.follow(session);
      },
      uidMoved: (entry, frontendId, stays) => pushes.uidMoved(entry, frontendId, stays),
      unbound: (session, uid) => {
        traces.active?.happened(uid, 'unbound', '', session.id);
        if (session.held) places.unbound(session.held);
        for (const listener of registrations.sessionUnbound) tell(() => listener(session, uid), logger);
      },
    },
  });
  const owners = new OwnerNotifier(node, parts.channels, counters);
  const pushes = new PushReceiver(table, parts.format, owners, { clock, fanout: counters.pushFanout });
  const { rateLimits } = registrations;
  const declared = createDeclared(parts, () => messages.forgetRoutes());
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
    isDeclared: (route) => declared.has(route),
    tracing: parts.tracing,
    timesOf: (route) => (declared.has(route) ? requestDuration.of(route) : requestDuration.other),
    counters,
    traces,
  });
  const standings = new TypeStandings(master.registry, serverTypes, () => messages.forgetRoutes());
  const unwelcome = new Unwelcome(master.blacklist, new ProxyTrust(client.trustedProxies), counters);
  const places = createPlaces(parts, table, unwelcome);
  const queues = new SendQueues(client.sendQueue.maxBytes, clock);
  const probes = new ProbeDesk({
    serverId: app.serverId,
    table,
    registry: master.registry,
    request: (id, method, args) => node.request(id, method, args),
    clock,
  });
  for (const [method, call] of Object.entries(probes.methods)) parts.remotes.addSystem(method, call);
  const prober = createProber(parts);
  const acceptors = createAcceptors(parts, places, queues, probes);
  const peerRemoved = (id: string): void => {
    news.peerRemoved(id);
    forwarder.peerRemoved(id);
  };
  const unfollow = unwelcome.follow(() => linksOf(table));
  return {
    table,
    uids,
    pushes,
    forwarder,
    news,
    messages,
    acceptors,
    places,
    queues,
    rateLimiter,
    declared,
    prober,
    peerRemoved,
    close() {
      unfollow();
      prober?.close();
      rateLimiter?.close();
    },
  };
}

/** The links of all sessions that have one. */
function* linksOf(table: SessionTable): Iterable<BannedLink> {
  for (const { held } of table.all()) if (held) yield held.link;
}

/** The routes of this frontend and of the backends, for limits and times that tell routes apart. */
function createDeclared(
  { dispatcher, master, node, clock, logger }: FrontendParts,
  learned: () => void,
): DeclaredRoutes {
  return new DeclaredRoutes({
    isOwn: (route) => dispatcher.find(route) !== undefined,
    ask: () => routesOfBackends({ registry: master.registry, node, clock, logger }),
    learned,
    clock,
  });
}

function createPlaces({ app, master }: FrontendParts, table: SessionTable, ban: AddressBan): Places {
  const bounds = {
    get maxConnections() {
      const { server, settings } = master.settings; // an operator may change it
      return server.maxConnections ?? settings.client.maxConnections ?? Number.POSITIVE_INFINITY;
    },
    get maxConnectionsPerAddress() {
      return master.settings.settings.client.maxConnectionsPerAddress ?? Number.POSITIVE_INFINITY;
    },
    room: clientRoom(openFilesLimit() ?? Number.POSITIVE_INFINITY),
  };
  return new Places(bounds, table, app.counters, ban);
}

function createProber({ app, master, node, clock, logger }: FrontendParts): Prober | undefined {
  const { client, gate } = app.settings.settings;
  if (client.probeMs === false) return undefined;
  return new Prober({
    serverId: app.serverId,
    connectorType: gate.serverType,
    everyMs: client.probeMs,
    registry: master.registry,
    request: (id, method, args) => node.request(id, method, args),
    counters: app.counters,
    clock,
    logger,
  });
}

function createAcceptors(
  parts: FrontendParts,
  places: Places,
  queues: SendQueues,
  probes: ProbeDesk,
): Acceptors {
  const { app, flusher, clock, logger } = parts;
  const { registrations, counters, server } = app;
  const { client } = app.settings.settings;
  const { onConnect } = registrations;
  const origins = new OriginPolicy(registrations.origins ?? client.origins, logger);
  return new Acceptors({
    server,
    registered: registrations.acceptors,
    instead: parts.acceptor,
    context: {
      serverId: server.id,
      env: app.env,
      hosts: clientPlaces(server),
      client,
      places,
      origins,
      hooks: onConnect ? { onConnect } : {},
      probes,
      bodies: parts.format,
      queues,
      formats: new WireFormats(),
      http: createEndpoints(parts, origins),
      flusher,
      counters,
      clock,
      logger,
    },
  });
}

function createEndpoints(
  { app, master, ready, logger }: FrontendParts,
  origins: OriginPolicy,
): HttpEndpoints {
  const drains = () => master.registry.get(app.serverId)?.state === 'draining';
  const readiness = () => (ready() ? (drains() ? 'draining' : 'ready') : 'not ready');
  const http = new HttpEndpoints(app.serverId, readiness, logger);
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
