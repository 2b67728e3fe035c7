import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { type Clock, type Logger, reasonOf } from '@pomelo-ts/common';
import { hearAcceptFailures } from '@pomelo-ts/common/internal';
import type { NodeEnv } from './node-env.js';

/** Where certificate and key lie; names count from the root of the game. */
export interface TlsFiles {
  readonly root: string;
  readonly cert: string;
  readonly key: string;
}

/** What {@link createAdminServer} works with. */
export interface ServerParts {
  readonly files: TlsFiles | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long somebody may leave unread what was sent, in ms. @default 30 s */
  readonly unreadMs?: number;
  /** Hears when the certificate ends that is served now, in ms since 1970: at the beginning, and at each look at its files. */
  onCertificate?(endsAt: number): void;
}

/** How long a head and a whole request may take to come, and a connection may wait for the next request, in ms. */
const [headMs, requestMs, idleMs] = [5000, 10_000, 20_000];
const usualUnreadMs = 30_000;
/** How often Node looks for requests that take too long. */
const lookForLateMs = 1000;
/** Most connections at once, and requests of one connection before it must begin anew. */
const [mostConnections, mostRequests] = [512, 100_000];
/** How often files of TLS are looked at, in ms. */
const lookMs = 30_000;

type Fetch = (request: Request, env: NodeEnv) => Response | Promise<Response>;

/** Makes the server, not listening yet; with `stopWatch` it looks at its files no more. */
export function createAdminServer(
  fetch: Fetch,
  { files, clock, logger, unreadMs = usualUnreadMs, onCertificate = () => {} }: ServerParts,
) {
  const listener = getRequestListener((request, env) => fetch(request, env as NodeEnv));
  const limits = {
    headersTimeout: headMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: lookForLateMs,
  };
  const server: Server = files
    ? createSecureServer(
        { ...readFiles(files), ...limits, handshakeTimeout: headMs, minVersion: 'TLSv1.2' },
        listener,
      )
    : createServer(limits, listener);
  server.setTimeout(unreadMs, leaveUnread);
  server.maxConnections = mostConnections;
  server.maxRequestsPerSocket = mostRequests;
  server.once('listening', () => hearAcceptFailures(server, { name: 'the admin', clock, logger }));
  const stopWatch = files
    ? watchTls(server as SecureServer, files, { clock, logger, onCertificate })
    : () => {};
  return { server, stopWatch };
}

/** Whoever reads nothing of what was sent keeps a connection from others; one that only waits for an answer or the next line does not. */
function leaveUnread(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}

const pathsOf = ({ root, cert, key }: TlsFiles): readonly string[] => [
  resolve(root, cert),
  resolve(root, key),
];

function readFiles(files: TlsFiles): { cert: Buffer; key: Buffer } {
  const [cert, key] = pathsOf(files) as [string, string];
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/** Takes new files once they are there and belong together; connections that are open keep the former ones. */
function watchTls(
  server: SecureServer,
  files: TlsFiles,
  { clock, logger, onCertificate }: Required<Pick<ServerParts, 'clock' | 'logger' | 'onCertificate'>>,
): () => void {
  let taken = markOf(files);
  let endsAt = endOf(readFiles(files).cert);
  onCertificate(endsAt);
  const look = () => {
    const mark = markOf(files);
    if (mark === taken) return;
    taken = mark;
    try {
      const read = readFiles(files);
      server.setSecureContext(read);
      endsAt = endOf(read.cert);
      logger.info('The admin has new files for TLS.');
    } catch (error) {
      logger.error('New files for TLS of the admin make no sense; it keeps the former ones.', {
        reason: reasonOf(error),
      });
    }
  };
  return clock.every(lookMs, () => {
    look();
    onCertificate(endsAt); // a master that leads since the last look has not heard it
  });
}

/** When the first certificate of a file ends, which is the server's own. */
const endOf = (pem: Buffer): number => Date.parse(new X509Certificate(pem).validTo);

/** Tells one state of the files from another. */
const markOf = (files: TlsFiles): string =>
  pathsOf(files)
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .map((stats) => (stats ? `${stats.ino} ${stats.mtimeMs} ${stats.size}` : ''))
    .join();
