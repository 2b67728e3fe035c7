import { createServer, type Server, type Socket } from 'node:net';
import { PomeloError } from '@pomelo-ts/common';
import { elsewhere, whyElsewhere } from './hosts/local-hosts.js';

/** Listens for links. @throws PORT_IN_USE, HOST_ELSEWHERE */
export async function listen(
  host: string,
  port: number,
  onSocket: (socket: Socket) => void,
): Promise<Server> {
  const reason = await whyElsewhere(host);
  if (reason !== undefined) throw elsewhere([`master.json: host: ${reason} (for the master)`]);
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, onSocket);
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new PomeloError('PORT_IN_USE', { serverId: 'The master', host, port, holder: '' })
          : error,
      ),
    );
    server.listen(port, host, () => resolve(server));
  });
}
