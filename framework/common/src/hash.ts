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
 * Rendezvous (highest random weight) hashing: the node with the highest score for `key`. When a node leaves,
 * only its own keys move; the order of `nodes` does not matter.
 *
 * @example rendezvous('uid-42', servers, (server) => server.id)
 */
export function rendezvous<T>(key: string, nodes: readonly T[], idOf: (node: T) => string): T | undefined {
  const keyHash = hashText(key);
  let best: T | undefined;
  let bestScore = -1;
  let bestId = '';
  for (const node of nodes) {
    const id = idOf(node);
    const score = hashText(id, keyHash);
    if (score > bestScore || (score === bestScore && id > bestId)) {
      best = node;
      bestScore = score;
      bestId = id;
    }
  }
  return best;
}
