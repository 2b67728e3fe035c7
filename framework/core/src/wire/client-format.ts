import { createHash } from 'node:crypto';
import type { ServerSettings } from '@pomelo-ts/cluster';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import {
  decodeBody,
  encodeBody,
  type HandshakeSystem,
  ProtobufCodec,
  type ProtobufCodecOptions,
  parseProtos,
  RouteDictionary,
} from '@pomelo-ts/protocol';

/** What tells clients in their handshake how routes and bodies look. */
export interface HandshakeParts {
  /** The parts of a handshake answer that a client with these versions lacks: the same object for the same parts, where they are kept. */
  handshake(dictVersion: unknown, protoVersion: unknown): HandshakeSystem;
}

/** How bodies look to clients: JSON, or protobuf for routes with a schema; and how routes are shortened. */
export class ClientFormat implements HandshakeParts {
  #dictionary: RouteDictionary | undefined;
  readonly #requests: ProtobufCodec | undefined;
  readonly #pushes: ProtobufCodec | undefined;
  #dictionaryParts: HandshakeSystem | undefined;
  /** The parts by what a client lacks, made when the first one comes that does. */
  #systems: (HandshakeSystem | undefined)[] = [];
  readonly #protos: HandshakeSystem['protos'];

  constructor(settings: ServerSettings) {
    const { client } = settings.settings;
    const { clientProtos, serverProtos } = settings;
    if (client.protobuf && (clientProtos || serverProtos)) {
      // A handler may count on what the protos call required.
      this.#requests = codecOf('clientProtos', clientProtos, { strict: true });
      this.#pushes = codecOf('serverProtos', serverProtos);
      const client = this.#requests.toJSON();
      const server = this.#pushes.toJSON();
      this.#protos = { client, server, version: md5(JSON.stringify(client) + JSON.stringify(server)) };
    }
  }

  /** The short codes of routes; undefined without {@link shortenRoutes}. */
  get dictionary(): RouteDictionary | undefined {
    return this.#dictionary;
  }

  /** Gives short codes to these routes of handlers and of pushes, before the first client is there. */
  shortenRoutes(handlerRoutes: readonly string[], pushRoutes: readonly string[]): void {
    this.#dictionary = RouteDictionary.fromRoutes([...handlerRoutes], [...pushRoutes]);
    this.#dictionaryParts = dictionaryParts(this.#dictionary);
    this.#systems = [];
  }

  /** A client's body as a value. Throws ProtocolError. */
  decodeRequest(route: string, bytes: Uint8Array, start: number, end: number): unknown {
    return decodeBody(this.#requests, route, bytes, start, end);
  }

  /** A request's body as bytes, as its client would have sent it. Throws ProtocolError. */
  encodeRequest(route: string, value: unknown): Uint8Array {
    return encodeBody(this.#requests, route, value);
  }

  /** An answer or a push as bytes; for an answer `route` is that of its request. Throws ProtocolError. */
  encode(route: string, value: unknown): Uint8Array {
    return encodeBody(this.#pushes, route, value);
  }

  handshake(dictVersion: unknown, protoVersion: unknown): HandshakeSystem {
    const lacksDictionary = dictVersion !== this.#dictionaryParts?.dictVersion;
    const lacksProtos = protoVersion !== this.#protos?.version;
    const index = Number(lacksDictionary) + 2 * Number(lacksProtos);
    const system = this.#systems[index] ?? this.#system(lacksDictionary, lacksProtos);
    this.#systems[index] = system;
    return system;
  }

  #system(lacksDictionary: boolean, lacksProtos: boolean): HandshakeSystem {
    return {
      ...(this.#dictionaryParts && { ...(lacksDictionary && this.#dictionaryParts), useDict: true }),
      ...(this.#protos && { ...(lacksProtos && { protos: this.#protos }), useProto: true }),
    };
  }
}

/** @throws CONFIG_INVALID that names the file when its messages cannot be used. */
function codecOf(
  file: 'clientProtos' | 'serverProtos',
  protos: object | null,
  options?: ProtobufCodecOptions,
): ProtobufCodec {
  try {
    return new ProtobufCodec(parseProtos(protos ?? {}), options);
  } catch (error) {
    const problems = `  config/${file}: ${reasonOf(error)}`;
    throw new PomeloError('CONFIG_INVALID', { count: 1, problems }, { cause: error });
  }
}

/** All three forms of the dictionary that pomelo sends: clients differ in which they read. */
function dictionaryParts(dictionary: RouteDictionary): HandshakeSystem {
  const dict = dictionary.toObject();
  const codeToRoute = Object.fromEntries(Object.entries(dict).map(([route, code]) => [code, route]));
  return { dict, routeToCode: dict, codeToRoute, dictVersion: md5(JSON.stringify(dict)) };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64');
}
