import * as z from 'zod';
import { duration, flag, integer, listOf, oneOf, port, section, text } from './fields.js';
import { listenField } from './host-field.js';
import { oidcSection } from './oidc-section.js';

const names = (what: string) =>
  listOf(text(what), `a list of ${what}s`)
    .min(1, { error: `at least one ${what}` })
    .optional();

const verb = z
  .string({ error: 'a verb, such as "servers.restart"' })
  .regex(/^[a-z]+\.([a-z-]+|\*)$/, { error: 'a verb, such as "servers.restart", or "servers.*"' });

const usualRoles = ['viewer', 'operator', 'admin'] as const;

const role = section({
  extends: oneOf(usualRoles).optional().describe('A usual role, all of which it may do.'),
  verbs: listOf(verb, 'a list of verbs')
    .prefault([])
    .describe('Operations that it may ask for beside those; `servers.*` are all that begin so.'),
  types: names('server type').describe('Server types that it is for; it changes nothing else.'),
  ids: names('server id').describe('Servers that it is for.'),
  hosts: names('host').describe('Hosts whose servers it is for.'),
});

/** Shortest and longest time that a change waits for a second person, in ms. */
const [shortestWaitMs, longestWaitMs] = [60_000, 60 * 60_000];

const approvals = section({
  persons: integer(1, 2)
    .default(1)
    .describe(
      'With 2, the graver changes, which the guide to the web admin lists, and `verbs` wait until a second person approves them.',
    ),
  timeout: duration()
    .refine((ms) => ms >= shortestWaitMs && ms <= longestWaitMs, { error: 'a duration from "1m" to "1h"' })
    .prefault('10m')
    .describe('How long such a change waits.'),
  verbs: listOf(verb, 'a list of verbs')
    .prefault(['cluster.stop', 'cluster.kill'])
    .describe('Operations that wait beside those that ask for a proof; `servers.*` are all that begin so.'),
}).transform(({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }));

const tls = section({
  cert: text('a file').describe('Certificate and those that it was signed by, as PEM.'),
  key: text('a file').describe('Its private key, as PEM.'),
});

const origin = z
  .string({ error: 'an origin, such as "https://admin.example.org"' })
  .regex(/^https?:\/\/[^/?#\s]+$/i, { error: 'an origin, such as "https://admin.example.org"' })
  .transform((given) => new URL(given).origin);

/** Shortest and longest time that somebody may do nothing and stay signed in, in ms. */
const [shortestIdleMs, longestIdleMs] = [60_000, 12 * 60 * 60_000];

/** Where and for whom the admin's page and API are. */
export const adminSection = section({
  port: port().describe('Port of the page and the API for operators.'),
  listen: listenField()
    .prefault('127.0.0.1')
    .describe(
      'Address that it is listened at; another than one of this machine alone needs `tls` or `behindProxy`.',
    ),
  tls: tls
    .optional()
    .describe(
      'Files for HTTPS, within the root of the game or by whole paths; new ones are taken within a minute.',
    ),
  behindProxy: flag()
    .default(false)
    .describe('Whether a proxy that speaks HTTPS stands before it: its last `X-Forwarded-For` is believed.'),
  origins: listOf(origin, 'a list of origins')
    .prefault([])
    .describe(
      'By which addresses browsers know it, such as "https://admin.example.org"; needed with `behindProxy`.',
    ),
  secondFactor: oneOf(['required', 'optional'])
    .optional()
    .describe(
      'Whether accounts that may let others in need an authenticator app; `required` outside development.',
    ),
  idleTimeout: duration()
    .refine((ms) => ms >= shortestIdleMs && ms <= longestIdleMs, { error: 'a duration from "1m" to "12h"' })
    .prefault('30m')
    .describe(
      'After how long somebody is signed out who does nothing on the page; two minutes before, it asks whether they are there.',
    ),
  approvals: z
    .preprocess((given) => (typeof given === 'number' ? { persons: given } : given), approvals)
    .prefault({})
    .describe('Changes that take a second person; `approvals: 2` is short for `{ persons: 2 }`.'),
  oidc: oidcSection
    .optional()
    .describe('A provider by which people sign in beside accounts, by OpenID Connect.'),
  roles: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'a name of small letters, digits and hyphens' }),
      role,
      { error: 'an object' },
    )
    .prefault({})
    .describe('Roles of your own, beside `viewer`, `operator` and `admin`.'),
}).superRefine(({ listen, tls: files, behindProxy, origins, roles, oidc }, context) => {
  const complain = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  const isLocal = listen === '::1' || listen.startsWith('127.');
  if (!isLocal && !files && !behindProxy)
    complain(
      'listen',
      'an address of this machine alone, such as "127.0.0.1", or tls or behindProxy beside it',
    );
  if (behindProxy && origins.length === 0)
    complain('origins', 'the origin by which browsers know it, as behindProxy is true');
  for (const usual of usualRoles)
    if (Object.hasOwn(roles, usual)) complain('roles', `other names than ${usual}, which is there already`);
  const known = [...usualRoles, ...Object.keys(roles)];
  for (const [at, { role: given }] of (oidc?.roles ?? []).entries())
    if (!known.includes(given))
      context.addIssue({
        code: 'custom',
        path: ['oidc', 'roles', at, 'role'],
        message: `one of the roles that there are: ${known.join(', ')}`,
      });
});
