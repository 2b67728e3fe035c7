import type { ServerEntry } from '../settings-types.js';

/** States of a server, in the order of a life. */
export const serverStates = ['starting', 'ready', 'draining', 'stopping', 'gone'] as const;
/**
 * Where a server is in its life: `starting` once the master has admitted it, `ready` while it takes requests, `draining` while it
 * keeps what it has and takes nothing new, `stopping` from the order to stop on, `gone` when its
 * process has ended or its link stayed broken for longer than the cluster waits. A later life has another boot id.
 */
export type ServerState = (typeof serverStates)[number];

/** Ports of one server for clients, beside its `clientPort`. */
export const mostAcceptors = 16;

/** A port for clients, and the name of the acceptor that serves it. */
export interface AcceptorPort {
  readonly name: string;
  readonly port: number;
}

/** What the cluster knows of one running server. */
export interface RegistryEntry {
  readonly id: string;
  readonly type: string;
  readonly host: string;
  readonly port?: number;
  readonly clientHost?: string;
  readonly clientPort?: number;
  /** Its further ports for clients. */
  readonly acceptors?: readonly AcceptorPort[];
  /** URL that clients are told in place of host and port. */
  readonly clientUrl?: string;
  readonly frontend: boolean;
  readonly weight: number;
  readonly maxConnections?: number;
  readonly bootId: string;
  readonly buildId: string;
  readonly pid: number;
  readonly state: ServerState;
  /** Revision at which this life of the server joined: of two servers, the one that joined later dials the other. */
  readonly joined: number;
  /** Types of backends that this frontend, by its own word, reaches nobody of. */
  readonly cutFrom?: readonly string[];
  /** Fields of the topology that pomelo-ts does not know. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Whether a server does what it is asked: for the sessions, channels and keys that are its own, and for whoever names it. */
export function serves({ state }: Pick<RegistryEntry, 'state'>): boolean {
  return state === 'ready' || state === 'draining';
}

/** Whether new sessions, and work that any server of its type could do, may be sent to a server. */
export function takesNew({ state }: Pick<RegistryEntry, 'state'>): boolean {
  return state === 'ready';
}

/** Where a server really listens, when that differs from the topology: at the ports that it got, and on no other host. */
export interface Listening extends Partial<Pick<RegistryEntry, 'port' | 'clientPort'>> {
  /** Those of its further acceptors, in the order of the topology. */
  readonly acceptorPorts?: readonly number[];
}

/** What a process says of itself when it joins. */
export interface ProcessFacts {
  readonly bootId: string;
  readonly buildId: string;
  readonly pid: number;
  readonly state: ServerState;
  readonly listening: Listening;
}

/** An entry before the registry has given it its place in the order of joining. */
export type JoiningEntry = Omit<RegistryEntry, 'joined'>;

/** The registry's entry of a server that has joined. */
export function entryFrom(server: ServerEntry, facts: ProcessFacts): JoiningEntry {
  const { id, type, host, clientHost, clientUrl, frontend, weight, maxConnections, ...rest } = server;
  const { port = server.port, clientPort = server.clientPort, acceptorPorts = [] } = facts.listening;
  const {
    args: _args,
    cpu: _cpu,
    autoRestart: _auto,
    restartForce: _force,
    external: _external,
    clientListen: _listen,
    opsPort: _opsPort,
    opsListen: _opsListen,
    metricsTokenFile: _metricsTokenFile,
    port: _port,
    clientPort: _clientPort,
    acceptors,
    ...extra
  } = rest;
  return {
    id,
    type,
    host,
    ...(port !== undefined && { port }),
    ...(clientHost !== undefined && { clientHost }),
    ...(clientPort !== undefined && { clientPort }),
    ...(acceptors && {
      acceptors: acceptors.map(({ name, port }, index) => ({ name, port: acceptorPorts[index] ?? port })),
    }),
    ...(clientUrl !== undefined && { clientUrl }),
    frontend,
    weight,
    ...(maxConnections !== undefined && { maxConnections }),
    bootId: facts.bootId,
    buildId: facts.buildId,
    pid: facts.pid,
    state: facts.state,
    extra,
  };
}
