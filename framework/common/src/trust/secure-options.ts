import type { SecureContextOptions } from 'node:tls';

/**
 * TLS 1.3 with a key that both ends know beforehand (RFC 8446, 2.2), and no certificates: each connection has keys of its own that
 * nobody can find later, not even with the shared one. OpenSSL takes such keys for suites with SHA-256 alone.
 */
export const secureOptions = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
} as const satisfies SecureContextOptions;

/** First byte of every connection with TLS: the record type of a handshake. */
export const tlsFirstByte = 22;
