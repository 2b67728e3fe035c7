import type { z } from 'zod';
import { duration, listOf, oneOf, section, text } from './fields.js';

/** Shortest lease that etcd grants with its own default settings, in ms. */
const shortestTtlMs = 2000;

const endpointPattern = /^https?:\/\/[^/\s]+\/?$/;

/** The fields of `store` in `master.json5`. */
const fields = {
  kind: oneOf(['memory', 'etcd'])
    .default('memory')
    .describe('What masters agree in about who leads: `memory` for one master alone, `etcd` for several.'),
  endpoints: listOf(
    text('a URL such as "http://10.0.0.1:2379"').regex(endpointPattern, {
      error: 'a URL such as "http://10.0.0.1:2379"',
    }),
    'a list of URLs such as "http://10.0.0.1:2379"',
  )
    .default([])
    .describe(
      'Where the members of the etcd cluster answer clients. Name all: one that does not answer is left for another.',
    ),
  prefix: text()
    .default('pomelo-ts/')
    .describe(
      'What all keys in etcd begin with, the environment follows; games that share an etcd need different ones.',
    ),
  ttl: duration()
    .prefault('3s')
    .describe(
      'Lease of the leading master, in whole seconds: about so long after its death another one takes over.',
    ),
  user: text().optional().describe('User of an etcd that has users.'),
  passwordEnv: text().optional().describe('Environment variable with the password of `user`.'),
  passwordFile: text()
    .optional()
    .describe('File with the password of `user`, from the game’s root, mode 0600.'),
  caFile: text()
    .optional()
    .describe(
      'File (PEM) with the authority that has signed the certificates of the members, from the game’s root, for `https:` endpoints; else those count that Node knows.',
    ),
  certFile: text()
    .optional()
    .describe('File (PEM) with our own certificate, for an etcd that asks clients for one; with `keyFile`.'),
  keyFile: text().optional().describe('File (PEM) with the key of `certFile`, mode 0600.'),
} as const;

const tlsFiles = ['caFile', 'certFile', 'keyFile'] as const;

/** Where masters keep what they must agree on. */
export const storeSection = section(fields)
  .superRefine((store, context) => {
    const complain = (key: keyof typeof fields, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (store.kind === 'etcd' && store.endpoints.length === 0)
      complain('endpoints', 'at least one URL, since kind is "etcd"');
    if (store.kind === 'memory')
      for (const key of ['endpoints', 'user', 'passwordEnv', 'passwordFile', ...tlsFiles] as const)
        if (store[key] !== undefined && store[key].length > 0)
          complain(key, 'nothing here, since kind is "memory"; for etcd, kind must say so');
    if (store.ttl < shortestTtlMs || store.ttl % 1000 !== 0)
      complain('ttl', `whole seconds, at least ${shortestTtlMs / 1000}s: etcd grants no others`);
    const passwords = [store.passwordEnv, store.passwordFile].filter((given) => given !== undefined).length;
    if (store.user !== undefined && passwords !== 1)
      complain('user', 'with it either passwordEnv or passwordFile');
    if ((store.certFile === undefined) !== (store.keyFile === undefined))
      complain(store.keyFile === undefined ? 'certFile' : 'keyFile', 'certFile and keyFile together');
    if (store.kind === 'etcd' && !store.endpoints.some((url) => url.startsWith('https:')))
      for (const key of tlsFiles)
        if (store[key] !== undefined) complain(key, 'it only beside endpoints that begin with https:');
    if (store.user === undefined && passwords > 0)
      complain(store.passwordEnv === undefined ? 'passwordFile' : 'passwordEnv', 'a user beside it');
  })
  .transform(({ ttl, ...rest }) => ({ ...rest, ttlMs: ttl }));

/** What `store` says, defaults filled in. */
export type StoreOutput = z.output<typeof storeSection>;
