import { type Duplex, duplexPair } from 'node:stream';

/** Two ends of a connection inside this process. As with a socket, when one end is destroyed the other one ends. */
export function memoryStreams(): [Duplex, Duplex] {
  const [near, far] = duplexPair();
  near.once('close', () => far.destroy());
  far.once('close', () => near.destroy());
  return [near, far];
}
