import type { ServerSettings } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { Tracing } from '../tracing.js';

/** How many times as long as a request or call may take a span may be open. */
const patience = 2;

/**
 * What makes spans of what a server does, as its settings want it. Where they do not, nothing of it is loaded.
 *
 * @throws TRACING_MISSING, TRACING_INVALID
 */
export async function ownTracing(
  { settings, server, root }: ServerSettings,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<Tracing | undefined> {
  const { tracing, request, rpc } = settings;
  if (!tracing) return undefined;
  const { loadTracing } = await import('../tracing/load-tracing.js');
  const longestMs = patience * Math.max(request.timeoutMs, rpc.timeoutMs);
  const { id: serverId, type: serverType } = server;
  const { uids, kept } = tracing;
  return loadTracing(root, { serverId, serverType, uids, kept, longestMs, clock, logger });
}
