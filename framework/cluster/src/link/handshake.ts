import { type Clock, PomeloError } from '@pomelo-ts/common';
import type { LinkIdentity } from '../keys.js';
import type { LinkChannel, Message } from './channel.js';
import type { LinkRole } from './messages.js';

/** Version of the link's messages. */
export const linkVersion = 3;
/** How long a handshake may take, in ms. */
export const handshakeMs = 5000;

/** What a dialer says of itself. */
export interface Dialer {
  readonly role: LinkRole;
  readonly id: string;
  readonly bootId: string;
  /** Name of the key that a server has proved; known to the master alone. */
  readonly keyName?: string;
}

/*
 * The stream below has proved who dials and that both ends have its key, and keeps every byte from others. What is left to say:
 * hello (dialer: version, who, which life) -> welcome (listener).
 */

/** How a handshake ends. Called while the last message is being read, so that none of the next ones is missed. */
export interface Outcome<T> {
  done(value: T): void;
  failed(error: Error): void;
}

/** The dialer's half: done when the other end has answered. */
export function greet(
  channel: LinkChannel,
  dialer: Dialer,
  clock: Clock,
  outcome: Outcome<void>,
  timeoutMs = handshakeMs,
): void {
  exchange(channel, clock, timeoutMs, outcome, (message, done) => {
    if (message.t === 'refused')
      throw new PomeloError('LINK_REFUSED', { serverId: dialer.id, reason: String(message['reason']) });
    if (message.t !== 'welcome') throw channel.invalid(`${message.t} was not expected`);
    done();
  });
  channel.send({ t: 'hello', v: linkVersion, ...dialer });
}

/** The listener's half: done with who the dialer is, if that is who has proved itself. */
export function receive(
  channel: LinkChannel,
  who: LinkIdentity,
  clock: Clock,
  outcome: Outcome<Dialer>,
): void {
  exchange<Dialer>(channel, clock, handshakeMs, outcome, (message, done) => {
    if (message.t !== 'hello') throw channel.invalid(`${message.t} was not expected`);
    if (message['v'] !== linkVersion) {
      const reason = `it speaks link version ${String(message['v'])}, this is ${linkVersion}`;
      channel.send({ t: 'refused', reason }); // its code is another: it would say the same at each dial
      channel.close(channel.invalid(reason), true);
      return;
    }
    const { role, id } = message;
    if (role !== who.role || id !== who.id)
      throw channel.invalid(`it has the key of the ${who.role} ${who.id}, and says to be another one`);
    const dialer = { ...who, bootId: textOf(channel, message, 'bootId') };
    channel.send({ t: 'welcome' });
    done(dialer);
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
    fail(new PomeloError('LINK_LOST', { peer: channel.peer, reason: `no word within ${timeoutMs} ms` })),
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

function textOf(channel: LinkChannel, message: Message, key: string): string {
  const value = message[key];
  if (typeof value !== 'string' || value === '' || value.length > 200)
    throw channel.invalid(`its ${key} is no text`);
  return value;
}
