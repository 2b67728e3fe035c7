import { type Clock, PomeloError } from '@pomelo-ts/common';
import { newNonce, prove, sameProof } from '@pomelo-ts/common/internal';
import type { LinkChannel, Message } from './channel.js';
import type { LinkRole } from './messages.js';

/** Version of the link's messages. */
export const linkVersion = 1;
/** How long a handshake may take, in ms. */
export const handshakeMs = 5000;

/** What a dialer says of itself, and proves together with both nonces. */
export interface Dialer {
  readonly role: LinkRole;
  readonly id: string;
  readonly bootId: string;
}

/*
 * hello (dialer: who, nonce) -> challenge (listener: nonce) -> proof (dialer) -> welcome (listener: its own proof).
 * The dialer proves itself first, so that a stranger who can reach the master learns nothing made with the secret.
 */

/** How a handshake ends. Called while the last message is being read, so that none of the next ones is missed. */
export interface Outcome<T> {
  done(value: T): void;
  failed(error: Error): void;
}

/** The dialer's half: done when both ends have proved that they know the secret. */
export function greet(
  channel: LinkChannel,
  dialer: Dialer,
  secret: string,
  clock: Clock,
  outcome: Outcome<void>,
  timeoutMs = handshakeMs,
): void {
  const nonce = newNonce();
  let theirs = '';
  exchange(channel, clock, timeoutMs, outcome, (message, done) => {
    if (message.t === 'refused') throw refusalOf(channel, message);
    if (message.t === 'challenge' && !theirs) {
      theirs = textOf(channel, message, 'nonce');
      channel.send(proofMessage('proof', prove(secret, 'dialer', parts(dialer, nonce, theirs))));
    } else if (message.t === 'welcome' && theirs) {
      const expected = prove(secret, 'listener', parts(dialer, nonce, theirs));
      if (!sameProof(expected, message['proof']))
        throw new PomeloError('PROOF_WRONG', { peer: channel.peer });
      done();
    } else throw channel.invalid(`${message.t} was not expected`);
  });
  channel.send({ t: 'hello', v: linkVersion, ...dialer, nonce });
}

/** The listener's half: done with who the dialer is once it has proved itself. A wrong proof is told to the dialer. */
export function receive(channel: LinkChannel, secret: string, clock: Clock, outcome: Outcome<Dialer>): void {
  const nonce = newNonce();
  let dialer: Dialer | undefined;
  let theirs = '';
  exchange<Dialer>(channel, clock, handshakeMs, outcome, (message, done) => {
    if (message.t === 'hello' && !dialer) {
      if (message['v'] !== linkVersion)
        throw channel.invalid(`it speaks link version ${String(message['v'])}, this is ${linkVersion}`);
      dialer = dialerOf(channel, message);
      theirs = textOf(channel, message, 'nonce');
      channel.send({ t: 'challenge', nonce });
    } else if (message.t === 'proof' && dialer) {
      if (!sameProof(prove(secret, 'dialer', parts(dialer, theirs, nonce)), message['proof'])) {
        channel.send({ t: 'refused', code: 'PROOF_WRONG' });
        throw new PomeloError('PROOF_WRONG', { peer: `${dialer.id} (${channel.peer})` });
      }
      channel.send(proofMessage('welcome', prove(secret, 'listener', parts(dialer, theirs, nonce))));
      done(dialer);
    } else throw channel.invalid(`${message.t} was not expected`);
  });
}

/** Runs `step` for each message until it is done, throws, or takes too long. A failure closes the channel. */
function exchange<T>(
  channel: LinkChannel,
  clock: Clock,
  timeoutMs: number,
  outcome: Outcome<T>,
  step: (message: Message, done: (value: T) => void) => void,
): void {
  const end = () => {
    cancel();
    channel.onMessage = () => {};
    channel.onClosed = () => {};
  };
  const fail = (error: Error) => {
    end();
    channel.close(error);
    outcome.failed(error);
  };
  const cancel = clock.after(timeoutMs, () =>
    fail(new PomeloError('LINK_LOST', { peer: channel.peer, reason: `no proof within ${timeoutMs} ms` })),
  );
  channel.onClosed = fail;
  channel.onMessage = (message) => {
    try {
      step(message, (value) => {
        end();
        channel.trust();
        outcome.done(value);
      });
    } catch (error) {
      fail(error as Error);
    }
  };
}

const parts = (dialer: Dialer, dialerNonce: string, listenerNonce: string) => [
  dialerNonce,
  listenerNonce,
  dialer.role,
  dialer.id,
  dialer.bootId,
];

const proofMessage = (t: 'proof' | 'welcome', proof: string): Message => ({ t, proof });

function dialerOf(channel: LinkChannel, message: Message): Dialer {
  const role = textOf(channel, message, 'role');
  if (role !== 'server' && role !== 'operator') throw channel.invalid(`${role} is no role`);
  return { role, id: textOf(channel, message, 'id'), bootId: textOf(channel, message, 'bootId') };
}

function textOf(channel: LinkChannel, message: Message, key: string): string {
  const value = message[key];
  if (typeof value !== 'string' || value === '' || value.length > 200)
    throw channel.invalid(`its ${key} is no text`);
  return value;
}

function refusalOf(channel: LinkChannel, message: Message): PomeloError {
  return message['code'] === 'PROOF_WRONG'
    ? new PomeloError('PROOF_WRONG', { peer: 'This process' })
    : new PomeloError('LINK_REFUSED', { serverId: channel.peer, reason: String(message['reason']) });
}
