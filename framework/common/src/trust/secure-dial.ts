import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { PomeloError } from '../errors.js';
import type { NamedKey } from './secret-keys.js';
import { secureOptions } from './secure-options.js';

/** What the other end says to a key that it does not have, or has otherwise. */
const refusals = /^ERR_SSL_.*ALERT_(HANDSHAKE_FAILURE|ILLEGAL_PARAMETER|DECRYPT_ERROR|UNKNOWN_PSK_IDENTITY)$/;

/** What OpenSSL says of a certificate that it does not trust: here of any, as none is wanted. */
const certificateFaults = /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_)/;

/**
 * Makes the dialer's end of a connection secure: from then on both ends know that the other one has `key`, and nobody between them
 * can read or change a byte. Ends the socket when it rejects.
 *
 * @throws PROOF_WRONG when the other end does not take the key, or does not know it
 */
export function secureDial(socket: Socket, { name, key }: NamedKey, timeoutMs: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const secure = connect({
      ...secureOptions,
      socket,
      pskCallback: () => ({ identity: name, psk: key }),
      // Whoever answers with a certificate does not know the key, be it signed by all authorities of the world.
      ca: [],
      checkServerIdentity: () => strangerAnswered(),
    });
    const timer = setTimeout(() => secure.destroy(timedOut(`no proof within ${timeoutMs} ms`)), timeoutMs);
    secure.on('error', (error) => {
      failure ??= error;
      secure.destroy(); // Node tells of a record that was changed, and leaves the stream open
    });
    secure.once('close', () => {
      clearTimeout(timer);
      socket.destroy();
      reject(told(failure ?? new Error('the connection was closed during the handshake')));
    });
    secure.once('secureConnect', () => {
      clearTimeout(timer);
      // The word for "by a shared key" here: a session with a certificate is none of ours.
      if (secure.isSessionReused()) resolve(secure);
      else secure.destroy(strangerAnswered());
    });
  });
}

function told(error: Error): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (certificateFaults.test(code)) return strangerAnswered();
  return refusals.test(code) ? new PomeloError('PROOF_WRONG', { peer: 'This process' }) : error;
}

const strangerAnswered = () => new PomeloError('PROOF_WRONG', { peer: 'Whoever answered' });

const timedOut = (message: string) => Object.assign(new Error(message), { code: 'ETIMEDOUT' });
