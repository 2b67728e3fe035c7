import {
  type HandshakeProtos,
  type HandshakeRequest,
  type HandshakeSystem,
  ProtobufCodec,
  RouteDictionary,
} from '@pomelo-ts/protocol';

/** The part of `localStorage` that is used. */
export interface WireStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** What both sides agreed on in the handshake. */
export interface Wire {
  readonly dictionary: RouteDictionary | undefined;
  /** For what the client sends. */
  readonly clientCodec: ProtobufCodec | undefined;
  /** For what the server sends. */
  readonly serverCodec: ProtobufCodec | undefined;
}

interface Kept {
  dict?: Record<string, number>;
  dictVersion?: string;
  protos?: HandshakeProtos;
}

const storageKey = 'pomelo-ts.wire';

/** Remembers dictionary and protos with their versions, so that a reconnection is not sent them again. */
export class WireCache {
  readonly #storage: WireStorage | undefined;
  #kept: Kept;

  constructor(storage?: WireStorage) {
    this.#storage = storage;
    this.#kept = readKept(storage);
  }

  /** What the next handshake request says that is known already. */
  versions(): Pick<HandshakeRequest['sys'], 'dictVersion' | 'protoVersion'> {
    const { dictVersion, protos } = this.#kept;
    return {
      ...(dictVersion === undefined ? {} : { dictVersion }),
      ...(protos === undefined ? {} : { protoVersion: protos.version }),
    };
  }

  /**
   * Takes in what the server sent and gives what holds for this connection. What was kept serves only where the server
   * says that it uses a dictionary or protos and sends none.
   *
   * @throws ProtocolError for a dictionary that cannot be used
   */
  agree(system: HandshakeSystem): Wire {
    const dict = system.dict ?? (system.useDict === true ? this.#kept.dict : undefined);
    const protos = system.protos ?? (system.useProto === true ? this.#kept.protos : undefined);
    const wire = wireOf(dict, protos);
    this.#keep(system);
    return wire;
  }

  #keep({ dict, dictVersion, protos }: HandshakeSystem): void {
    const news: Kept = {};
    // Without a version there is nothing to compare the next time.
    if (dict !== undefined && dictVersion !== undefined) Object.assign(news, { dict, dictVersion });
    if (protos?.version) news.protos = protos;
    if (Object.keys(news).length === 0) return;
    this.#kept = { ...this.#kept, ...news };
    try {
      this.#storage?.setItem(storageKey, JSON.stringify(this.#kept));
    } catch {
      // Storage may be full or forbidden; the memory serves this page.
    }
  }
}

function readKept(storage: WireStorage | undefined): Kept {
  try {
    const kept = JSON.parse(storage?.getItem(storageKey) ?? '{}') as Kept | null;
    // Tried out here, so that what is broken is asked for again instead of failing every handshake.
    wireOf(kept?.dict, kept?.protos);
    return kept ?? {};
  } catch {
    return {};
  }
}

function wireOf(dict: Kept['dict'], protos: Kept['protos']): Wire {
  return {
    dictionary: dict && RouteDictionary.fromObject(dict),
    clientCodec: protos && new ProtobufCodec(protos.client),
    serverCodec: protos && new ProtobufCodec(protos.server),
  };
}
