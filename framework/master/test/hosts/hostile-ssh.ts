import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { KnownHosts } from '../../src/hosts/known-hosts.js';
import type { SshTarget } from '../../src/hosts/ssh-target.js';

const hostKey = newKey();
const userKey = newKey();

/** Key file of the user whom {@link sshServer} lets in, to be written by the test. */
export const userKeyText = userKey.private;

/** A port of this machine where somebody listens, and those who have come. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
}

/** Listens on a free port and treats those who come as told. */
export async function listening(onSocket: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    socket.on('end', () => socket.destroy());
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Where an {@link sshServer} lets a client get to. */
export interface SshBehaviour {
  /** Answers the sign-in. @default lets everybody in */
  onSignIn?(context: ssh2.AuthContext): void;
  /** Is asked for a session. @default opens it */
  onSession?(accept: () => ssh2.Session): void;
  /** Serves a command; without it none begins. */
  onCommand?(channel: ssh2.ServerChannel, connection: ssh2.Connection, socket: Socket): void;
  /** Is asked to lead on to another place; without it nothing is led on. */
  onForward?(accept: () => ssh2.ServerChannel): void;
}

/** A real SSH server inside of this process, which does as told. */
export function sshServer(behaviour: SshBehaviour): Promise<Listening> {
  const { onSignIn = (context) => context.accept(), onSession, onCommand, onForward } = behaviour;
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, () => {});
  return listening((socket) => {
    server.injectSocket(socket);
    server.once('connection', (connection) => {
      connection.on('error', () => {});
      connection.on('authentication', onSignIn);
      if (onForward) connection.on('tcpip', (accept) => onForward(accept));
      connection.on('session', (accept) => {
        if (onSession) onSession(accept);
        else accept().on('exec', (acceptExec) => onCommand?.(acceptExec(), connection, socket));
      });
    });
  });
}

/** What `known_hosts` has of the key of each {@link sshServer}. */
export const hostKeyText = hostKey.public.split(' ').slice(0, 2).join(' ');

/** Far more than any step takes, in ms, however busy this machine is. */
export const deadlineMs = 60_000;

/** How to reach a port of this machine, for a user with this key. */
export function targetAt(port: number, keyFile: string, more: Partial<SshTarget> = {}): SshTarget {
  const known = `[127.0.0.1]:${port} ${hostKeyText}\n`;
  return {
    name: 'game-b',
    address: '127.0.0.1',
    port,
    user: 'game',
    identityFiles: [keyFile],
    connectTimeoutMs: deadlineMs,
    knownHosts: new KnownHosts(new Map([['known_hosts', known]])),
    knownHostsFile: 'known_hosts',
    jumps: [],
    ...more,
  };
}

/** A key that ssh2 can read itself: of those that it makes, it calls three in a thousand malformed. */
function newKey(): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(key.private) instanceof Error)) return key;
  }
}
