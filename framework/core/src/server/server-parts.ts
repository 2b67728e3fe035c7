import type { LinkAgent } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import { largestPackageBody } from '@pomelo-ts/protocol';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { Peer } from '@pomelo-ts/rpc/internal';
import type { Application } from '../application.js';
import { ChannelService } from '../channel/channel-service.js';
import { FrontendPorts } from '../channel/frontend-ports.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { ForwardReceiver } from '../forward/forward-receiver.js';
import { GateService } from '../gate.js';
import { RemoteTable } from '../remote/remote-table.js';
import { createRpcProxies } from '../remote/rpc-proxies.js';
import { TypeRouter } from '../remote/type-router.js';
import { BackendSessionTable } from '../session/backend-session-table.js';
import { SessionService } from '../session/session-service.js';
import type { ClientFormat } from '../wire/client-format.js';
import { createNode, type NodeOptions } from './create-node.js';
import { OneInCluster } from './one-in-cluster.js';
import { RawFrames } from './raw-frames.js';

/** What the parts of a server are built from. */
export interface PartsOptions extends NodeOptions {
  readonly agent: LinkAgent;
  readonly format: ClientFormat;
  /** The connection to another server stands (again). */
  peerUp(peer: Peer): void;
  /** There is room again for another server that could not be told all. */
  peerDrained(peer: Peer): void;
}

/** The parts that every server has, a frontend or not. */
export interface ServerParts {
  readonly node: RpcNode;
  readonly router: TypeRouter;
  readonly sessions: SessionService;
  readonly channels: ChannelService;
  readonly ports: FrontendPorts;
  readonly remotes: RemoteTable;
  readonly dispatcher: Dispatcher;
  readonly backendSessions: BackendSessionTable;
  readonly one: OneInCluster;
}

/** Most bytes before the body of an answer, in a package or in a frame between servers. */
const answerHeadBytes = 10;

/** Builds the parts that every server has, and gives the game what it may use of them; no port is opened yet. */
export function createServerParts(options: PartsOptions): ServerParts {
  const { app, agent, format, logger } = options;
  const { counters, registrations } = app;
  // Nothing reaches the handlers before the node listens or dials: by then the parts below are there.
  const node = createNode(options, {
    request: (method, args, from) => remotes.call(method, args, from),
    raw: (kind, callId, bytes, start, end, connection) =>
      frames.receive(kind, callId, bytes, start, end, connection),
    peerOpening: (peer) => channels.frontendUp(peer.id),
    peerUp: (peer) => options.peerUp(peer),
    peerDrained: (peer) => {
      ports.drained(peer);
      options.peerDrained(peer);
    },
    peerDown: (peer) => {
      ports.forget(peer.id);
      ports.local?.ownerDown(peer.id);
    },
  });
  const router = new TypeRouter(agent.registry, node, registrations.routes);
  const sessions = new SessionService(node, agent.registry);
  const ports = new FrontendPorts(node);
  const idsOf = (type: string): string[] => router.idsOf(type);
  const channels = new ChannelService({ ports, format, idsOf, counters, logger });
  const remotes = new RemoteTable(app.serverId, registrations.remoteFilters);
  const dispatcher = createDispatcher(app, format, options.clock, logger);
  const backendSessions = new BackendSessionTable({
    call: (frontendId, method, args) => node.request(frontendId, method, args),
    listeners: registrations.sessionClosed,
    counters,
    logger,
  });
  const receiver = new ForwardReceiver(backendSessions, dispatcher, node.codec, counters);
  const frames = new RawFrames(receiver, channels, ports);
  const one = new OneInCluster({ app, agent, node, router, remotes, clock: options.clock, logger });
  app.attach({
    rpc: createRpcProxies(node, router, app.env === 'development'),
    channels,
    sessions,
    gate: createGate(app, agent),
    registry: agent.registry,
    router,
    leases: one.leases,
    ids: one.ids,
  });
  return { node, router, sessions, channels, ports, remotes, dispatcher, backendSessions, one };
}

function createDispatcher(app: Application, format: ClientFormat, clock: Clock, logger: Logger): Dispatcher {
  const { registrations, counters } = app;
  const { client, request, rpc } = app.settings.settings;
  return new Dispatcher({
    serverType: app.serverType,
    format,
    timeoutMs: request.timeoutMs,
    maxAnswerBytes: Math.min(largestPackageBody, rpc.maxFrameBytes) - answerHeadBytes,
    maxPendingNotifies: client.maxPendingNotifies,
    onError: registrations.onError,
    clock,
    counters,
    logger,
  });
}

function createGate(app: Application, agent: LinkAgent): GateService {
  const { strategy, serverType } = app.settings.settings.gate;
  return new GateService({ registry: agent.registry, loads: () => agent.loads, strategy, serverType });
}
