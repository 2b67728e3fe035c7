import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';

/** A webhook that takes, refuses or hangs, as `how` says at the time. */
export async function webhookAt() {
  const got: { readonly lines: readonly string[]; readonly request: IncomingMessage }[] = [];
  const hook = { how: 'take' as 'take' | 'refuse' | 'hang', got, tries: 0 };
  const server = createHttpServer((request, response) => {
    hook.tries += 1;
    if (hook.how === 'hang') return;
    let text = '';
    request
      .on('data', (part) => (text += part))
      .on('end', () => {
        if (hook.how === 'refuse') {
          response.writeHead(503).end(`busy, ${request.headers.authorization}`);
          return;
        }
        got.push({ lines: text.trimEnd().split('\n'), request });
        response.writeHead(204).end();
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(hook, {
    url: `http://127.0.0.1:${port}/path-that-is-a-secret`,
    [Symbol.dispose]: end,
  });
}

/** What a syslog has got by TCP or TLS: messages by their counts, once their connection has ended. */
export async function syslogAt(
  secure?: { readonly key: string; readonly cert: string },
  { port = 0, end: ends = true }: { readonly port?: number; readonly end?: boolean } = {},
) {
  const got: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    const parts: Buffer[] = [];
    socket
      .on('error', () => {})
      .on('data', (part: Buffer) => void parts.push(part))
      .on('end', () => {
        got.push(...messagesIn(Buffer.concat(parts)));
        if (ends) socket.end();
      });
  };
  const how = { allowHalfOpen: true };
  const server: Server = secure ? createSecureServer({ ...secure, ...how }, serve) : createServer(how, serve);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    for (const socket of sockets) socket.resetAndDestroy(); // as of a process that was killed with unread bytes
    await new Promise((resolve) => server.close(resolve));
  };
  return { got, port: (server.address() as AddressInfo).port, close, [Symbol.asyncDispose]: close };
}

/** Messages behind their lengths (RFC 6587, 3.4.1). @throws for what is none */
function messagesIn(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    if (!Number.isInteger(length)) throw new Error(`expected a length at ${at}`);
    messages.push(bytes.toString('utf8', space + 1, space + 1 + length));
    at = space + 1 + length;
  }
  return messages;
}

/** What a syslog has got by UDP. */
export async function datagramsAt() {
  const got: string[] = [];
  const socket = createSocket('udp4').on('message', (message) => void got.push(message.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { got, port: socket.address().port, [Symbol.dispose]: () => void socket.close() };
}
