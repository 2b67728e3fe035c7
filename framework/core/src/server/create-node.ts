import type { Clock, Logger } from '@pomelo-ts/common';
import type { NamedKey, TickFlusher } from '@pomelo-ts/common/internal';
import { type RpcCodec, type RpcHandlers, RpcNode, type RpcTransport } from '@pomelo-ts/rpc';
import type { Application } from '../application.js';
import type { Tracing } from '../tracing.js';

/** What a server's RPC node needs beside its settings. */
export interface NodeOptions {
  readonly app: Application;
  readonly bootId: string;
  /** Keys that servers prove to each other. */
  keys(): readonly NamedKey[];
  readonly transport: RpcTransport;
  /** @default that of RPC nodes, msgpackr */
  readonly codec: RpcCodec | undefined;
  readonly flusher: TickFlusher;
  readonly tracing: Tracing | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes the RPC node of a server as its settings and its game want it; it does not listen yet. */
export function createNode(options: NodeOptions, handlers: RpcHandlers): RpcNode {
  const { app, bootId, keys, transport, codec, flusher, clock, logger } = options;
  const { rpc } = app.settings.settings;
  return new RpcNode({
    id: app.serverId,
    bootId,
    keys,
    transport,
    ...(codec && { codec }),
    timeoutMs: rpc.timeoutMs,
    heartbeatMs: rpc.heartbeatMs,
    silentMs: rpc.heartbeatTimeoutMs,
    maxPending: rpc.maxPending,
    maxFrameBytes: rpc.maxFrameBytes,
    maxQueueBytes: rpc.maxQueueBytes,
    stacks: app.env === 'development',
    clock,
    logger,
    measures: app.allMeasures,
    flusher,
    traces: options.tracing !== undefined,
    handlers,
  });
}
