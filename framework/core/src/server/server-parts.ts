import type { MasterLink } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import { largestPackageBody } from '@pomelo-ts/protocol';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { Peer } from '@pomelo-ts/rpc/internal';
import type { Application } from '../application.js';
import { ChannelService } from '../channel/channel-service.js';
import { PushSender } from '../channel/push-sender.js';
import { UidDirectory } from '../directory/uid-directory.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { ForwardReceiver } from '../dispatch/forward-receiver.js';
import { GateService } from '../gate.js';
import { probeRemotes, probeRoute } from '../probe/probe-names.js';
import { RemoteTable } from '../remote/remote-table.js';
import { createRpcProxies } from '../remote/rpc-proxies.js';
import { TypeRouter } from '../routing/type-router.js';
import { BackendSessionTable } from '../session/backend-session-table.js';
import { SessionService } from '../session/session-service.js';
import { UidTraces } from '../uid-traces/uid-traces.js';
import type { ClientFormat } from '../wire/client-format.js';
import { createNode, type NodeOptions } from './create-node.js';
import { OneInCluster } from './one-in-cluster.js';
import { RawFrames } from './raw-frames.js';

/** What the parts of a server are built from. */
export interface PartsOptions extends NodeOptions {
  readonly master: MasterLink;
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
  readonly directory: UidDirectory;
  readonly channels: ChannelService;
  readonly pushSender: PushSender;
  readonly remotes: RemoteTable;
  readonly dispatcher: Dispatcher;
  readonly backendSessions: BackendSessionTable;
  readonly one: OneInCluster;
  /** Users that somebody traces. */
  readonly traces: UidTraces;
  /** Ends what runs by the clock. */
  stop(): void;
}

/** Most bytes before the body of an answer, in a package or in a frame between servers. */
const answerHeadBytes = 10;

/** Builds the parts that every server has, and gives the game what it may use of them; no port is opened yet. */
export function createServerParts(options: PartsOptions): ServerParts {
  const { app, master, format, logger, tracing } = options;
  const { counters, registrations } = app;
  // Nothing reaches the handlers before the node listens or dials: by then the parts below are there.
  const node = createNode(options, {
    request: (method, args, from, trace) => remotes.call(method, args, from, trace),
    raw: (kind, callId, bytes, start, end, connection) =>
      frames.receive(kind, callId, bytes, start, end, connection),
    peerOpening: (peer) => channels.frontendUp(peer.id),
    peerUp: (peer) => options.peerUp(peer),
    peerDrained: (peer) => {
      pushSender.drained(peer);
      options.peerDrained(peer);
    },
    peerDown: (peer) => {
      pushSender.forget(peer.id);
      pushSender.local?.ownerDown(peer.id);
    },
  });
  tracing?.attach({ counters, peer: (id) => node.peer(id)?.entry });
  const router = new TypeRouter(master.registry, node, registrations.routes);
  const { bootId } = node;
  const directory = new UidDirectory({
    calls: node,
    registry: master.registry,
    bootId,
    clock: options.clock,
    counters,
    logger,
  });
  const sessions = new SessionService(node, master.registry, directory);
  const pushSender = new PushSender(node, counters);
  const traces = new UidTraces(options.clock);
  const idsOf = (type: string): string[] => router.idsOf(type);
  const channels = new ChannelService({
    sender: pushSender,
    format,
    idsOf,
    clock: options.clock,
    counters,
    logger,
    tracing,
    traces,
  });
  const remotes = new RemoteTable(app.serverId, registrations.remoteFilters, counters, tracing);
  const dispatcher = createDispatcher(app, format, options.clock, logger);
  // A sweep that the first request had begun would go on as a part of that.
  if (tracing) dispatcher.beginSweep();
  const backendSessions = new BackendSessionTable({
    serverId: app.serverId,
    call: (frontendId, method, args) => node.request(frontendId, method, args),
    listeners: registrations.sessionClosed,
    clock: options.clock,
    counters,
    logger,
  });
  const receiver = new ForwardReceiver({
    serverId: app.serverId,
    sessions: backendSessions,
    dispatcher,
    codec: node.codec,
    counters,
    tracing,
    traces,
  });
  const frames = new RawFrames(receiver, channels, pushSender);
  const one = new OneInCluster({ app, master, node, router, remotes, clock: options.clock, logger });
  app.attach({
    rpc: createRpcProxies(node, router, app.env === 'development', tracing),
    channels,
    sessions,
    gate: createGate(app, master),
    registry: master.registry,
    router,
    leases: one.leases,
    ids: one.ids,
  });
  for (const [method, call] of Object.entries(directory.methods)) remotes.addSystem(method, call);
  remotes.addSystem(probeRemotes.push, (frontendId: string, sessionId: string) =>
    channels.pushToSessions(probeRoute, {}, [{ sessionId, frontendId }]),
  );
  return {
    node,
    router,
    sessions,
    directory,
    channels,
    pushSender,
    remotes,
    dispatcher,
    backendSessions,
    one,
    traces,
    stop: () => {
      traces.stop();
      directory.stop();
      backendSessions.stop();
    },
  };
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
    times: app.server.frontend ? counters.requestDuration : counters.requestWork,
    clock,
    counters,
    logger,
  });
}

function createGate(app: Application, master: MasterLink): GateService {
  const { strategy, serverType } = app.settings.settings.gate;
  return new GateService({ registry: master.registry, loads: () => master.loads, strategy, serverType });
}
