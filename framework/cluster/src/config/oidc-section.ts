import * as z from 'zod';
import { listOf, section, text } from './fields.js';

const issuerExpected = 'an issuer such as "https://login.example.org", or an http: one of this machine alone';

/** What hosts this machine alone answers at: nobody stands between who asks and a provider there. */
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const issuer = z.string({ error: issuerExpected }).refine(isIssuer, { error: issuerExpected });

function isIssuer(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, search, hash, username } = new URL(given);
  if (search !== '' || hash !== '' || username !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname));
}

/** One word of a request or an answer: OAuth separates them by spaces. */
const word = (what: string) =>
  z.string({ error: what }).regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: `${what} without spaces` });

const groupRole = section({
  group: text('the name of a group').describe('A group, as the provider writes it.'),
  role: text('the name of a role').describe('`viewer`, `operator`, `admin`, or one of `admin.roles`.'),
});

/** Where people sign in who have no account here. */
export const oidcSection = section({
  issuer: issuer.describe(
    'Address of a provider that speaks OpenID Connect, exactly as it names itself: what stands before `/.well-known/openid-configuration`.',
  ),
  clientId: text('the id of a client').describe('As what this admin is known to the provider.'),
  clientSecretFile: text('a file')
    .optional()
    .describe(
      'File with the secret of that client, mode 0600, within the root of the game or by its whole path. Without it and `clientSecretEnv` the client has none.',
    ),
  clientSecretEnv: text('the name of an environment variable')
    .optional()
    .describe('Environment variable of the master with that secret, in place of a file.'),
  scopes: listOf(word('a scope'), 'a list of scopes')
    .prefault(['openid', 'profile'])
    .describe('What the provider is asked for; `openid` is among it. Many tell groups only by a scope more.'),
  groupsClaim: text('the name of a claim')
    .default('groups')
    .describe('Claim with the groups that somebody is in, of the ID token or else of `userinfo`.'),
  nameClaim: text('the name of a claim')
    .default('sub')
    .describe(
      'Claim with the name that somebody has here, after `oidc:`. It has to be theirs alone and for ever, as `sub` is.',
    ),
  roles: listOf(groupRole, 'a list of groups and roles')
    .min(1, { error: 'at least one group and its role, as else nobody could sign in' })
    .describe('Which role a group gives: of several groups, the one that stands first here counts.'),
  button: text('a text')
    .max(60, { error: 'a text of at most 60 characters' })
    .optional()
    .describe('What the page calls the provider; else the host of `issuer`.'),
  acr: listOf(word('an acr value'), 'a list of acr values')
    .prefault([])
    .describe(
      'Levels of sign-in (`acr`) that are asked for, one of which the ID token must name; none are looked at without it.',
    ),
  amr: listOf(word('an amr value'), 'a list of amr values')
    .prefault([])
    .describe('Methods (`amr`), such as "mfa" or "hwk", one of which the ID token must name.'),
}).superRefine(({ scopes, clientSecretFile, clientSecretEnv, roles }, context) => {
  const complain = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (!scopes.includes('openid')) complain('scopes', 'openid among them');
  if (clientSecretFile !== undefined && clientSecretEnv !== undefined)
    complain('clientSecretEnv', 'one of clientSecretFile and clientSecretEnv');
  const twice = roles.find(({ group }, at) => roles.findIndex((one) => one.group === group) !== at);
  if (twice) complain('roles', `each group once, and ${JSON.stringify(twice.group)} is there twice`);
});
