import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { type NamedKey, newNonce, prove, sameProof } from '@pomelo-ts/common/internal';
import type { RpcChannel } from '../transport.js';
import { type Message, type ProvedReader, Talk } from './talk.js';

/** Longest name of a server, a life or a key that is heard, in characters. */
const longestName = 200;

/** One end of a handshake, as it says of itself. */
export interface HandshakeIdentity {
  readonly id: string;
  readonly bootId: string;
}

/** Settings of both ends of a handshake. */
export interface HandshakeOptions {
  readonly self: HandshakeIdentity;
  readonly timeoutMs: number;
  /** Longest frame accepted once the peer has proved itself. */
  readonly maxFrameBytes: number;
  /** What of later versions of the wire this end takes; told to whoever has proved itself. @default nothing */
  readonly takes?: readonly string[];
}

/** A channel whose other end has proved that it has a key. Call `resume` in the same tick with its reader. */
export interface ProvedChannel {
  readonly peer: HandshakeIdentity;
  readonly channel: RpcChannel;
  /** What of later versions of the wire the peer takes, as it says. */
  readonly takes: readonly string[];
  /** From now on the channel's frames and its end go to `reader`. */
  resume(reader: ProvedReader): void;
}

/** How a handshake ends. Called while the last frame is being read, so that none of the next ones is missed. */
export interface HandshakeOutcome {
  done(proved: ProvedChannel): void;
  failed(error: Error): void;
}

/*
 * hello (dialer: who, whom it expects in which life, key's name, nonce) -> challenge (listener: nonce) -> proof (dialer) -> welcome (listener: its own proof).
 * The dialer proves itself first, so that a stranger who reaches the port gets nothing that is made with the key, and is not told
 * which life answers: whoever has copied a key of that server could dial the master in its name. With its proof each end says what of later
 * versions of the wire it takes; who does not know that word passes over it, and says nothing.
 */

/** The dialing end. Fails when the other end is not `expected`, does not have the key, refuses, or is silent. */
export function dialHandshake(
  channel: RpcChannel,
  expected: HandshakeIdentity,
  key: NamedKey,
  options: HandshakeOptions,
  outcome: HandshakeOutcome,
): void {
  const { self } = options;
  const nonce = newNonce();
  let proof: string | undefined;
  const talk = new Talk(channel, options, {
    hear(message) {
      if ('refused' in message) throw new Error(String(message['refused']));
      if (proof === undefined) {
        const theirs = nameOf(message, 'nonce');
        const parts = [self.id, self.bootId, nonce, expected.id, expected.bootId, theirs];
        proof = prove(key.key, 'listener', parts);
        talk.say({ proof: prove(key.key, 'dialer', parts), ...taken(options) });
        return;
      }
      if (!sameProof(proof, message['proof'])) throw new PomeloError('PROOF_WRONG', { peer: expected.id });
      outcome.done({ ...talk.end(expected), takes: takesOf(message) });
    },
    failed(error) {
      channel.destroy();
      outcome.failed(error);
    },
  });
  talk.say({ ...self, nonce, to: expected.id, life: expected.bootId, key: key.name });
}

/** The listening end. `admit` decides whether the proved peer is one of the cluster, and says why not by throwing. */
export function listenHandshake(
  channel: RpcChannel,
  keyOf: (name: string) => Buffer | undefined,
  admit: (peer: HandshakeIdentity) => Promise<void>,
  options: HandshakeOptions,
  outcome: HandshakeOutcome,
): void {
  const { self } = options;
  const nonce = newNonce();
  let dialer: Dialer | undefined;
  let proved = false;
  const talk = new Talk(channel, options, {
    hear(message) {
      if (proved) throw new Error('it speaks before it was welcomed');
      if (!dialer) {
        dialer = dialerOf(message, self);
        talk.say({ nonce });
        return;
      }
      const { peer, nonce: theirs, keyName } = dialer;
      const key = keyOf(keyName);
      const parts = [peer.id, peer.bootId, theirs, self.id, self.bootId, nonce];
      if (!key || !sameProof(prove(key, 'dialer', parts), message['proof']))
        throw new PomeloError('PROOF_WRONG', { peer: `${peer.id} at ${channel.remote}` });
      proved = true;
      const welcome = () => {
        if (talk.ended) return;
        talk.say({ proof: prove(key, 'listener', parts), ...taken(options) });
        outcome.done({ ...talk.end(peer), takes: takesOf(message) });
      };
      admit(peer).then(welcome, (error: Error) => talk.fail(error));
    },
    failed(error) {
      talk.refuse(reasonOf(error));
      outcome.failed(error);
    },
  });
}

/** Who dials, as it says. */
interface Dialer {
  readonly peer: HandshakeIdentity;
  readonly nonce: string;
  readonly keyName: string;
}

function dialerOf(hello: Message, { id, bootId }: HandshakeIdentity): Dialer {
  const [to, life] = [nameOf(hello, 'to'), nameOf(hello, 'life')];
  if (to !== id) throw new Error(`${id} answers there, not ${to}`);
  if (life !== bootId) throw new Error(`another life of ${id} answers there, not boot ${life}`);
  const peer = { id: nameOf(hello, 'id'), bootId: nameOf(hello, 'bootId') };
  return { peer, nonce: nameOf(hello, 'nonce'), keyName: nameOf(hello, 'key') };
}

/** As it is told; whoever takes nothing does not speak of it. */
const taken = ({ takes = [] }: HandshakeOptions): Message => (takes.length > 0 ? { takes } : {});

/** A word that is none is passed over: it may be one of a later version. */
function takesOf(message: Message): readonly string[] {
  const { takes } = message as { readonly takes?: unknown };
  return Array.isArray(takes) ? takes.filter((word): word is string => typeof word === 'string') : [];
}

function nameOf(message: Message, key: string): string {
  const value = message[key];
  if (typeof value !== 'string' || value === '' || value.length > longestName)
    throw new Error(`its ${key} is no name`);
  return value;
}
