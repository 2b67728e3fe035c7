import { expect, it } from 'vitest';
import { loadClusterConfig } from '../../src/config.js';
import { gameOf } from './game-folder.js';

const right = {
  issuer: 'https://login.example.org/realms/games',
  clientId: 'pomelo-admin',
  clientSecretFile: '.pomelo-ts/oidc.secret',
  roles: [{ group: 'ops', role: 'operator' }],
};

function load(oidc: object, more: object = {}) {
  using game = gameOf(
    { chat: [{ id: 'chat-1', port: 6050 }] },
    { 'config/master.json5': { admin: { port: 3080, oidc, ...more } } },
  );
  return loadClusterConfig({ root: game.root, env: 'development' }).master.admin?.oidc;
}

/** What the check says, a line for each problem, without the place of the section. */
function problemsOf(oidc: object, more: object = {}): string[] {
  try {
    load(oidc, more);
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n');
    return lines.map((line) => line.trim().replace('config/master.json5: admin.oidc.', ''));
  }
  return [];
}

it('a provider needs little said of it: all else has a default', () => {
  expect(load(right)).toEqual({
    ...right,
    scopes: ['openid', 'profile'],
    groupsClaim: 'groups',
    nameClaim: 'sub',
    acr: [],
    amr: [],
  });
});

it('roles of groups may be those of the configuration', () => {
  const roles = { smith: { verbs: ['keys.*'] } };
  expect(problemsOf({ ...right, roles: [{ group: 'smiths', role: 'smith' }] }, { roles })).toEqual([]);
});

it.each([
  'http://login.example.org',
  'http://127.0.0.1.example.org',
  'https://user@login.example.org',
  'https://login.example.org/?tenant=1',
  'login.example.org',
  'ftp://login.example.org',
])('%s is no issuer: what is not of this machine speaks https', (issuer) => {
  expect(problemsOf({ ...right, issuer })).toEqual([
    `issuer: expected an issuer such as "https://login.example.org", or an http: one of this machine alone, got ${JSON.stringify(issuer)}`,
  ]);
});

it.each(['http://localhost:4000', 'http://127.0.0.1:4000/oidc', 'http://[::1]:4000'])(
  '%s is an issuer, as it is of this machine',
  (issuer) => expect(problemsOf({ ...right, issuer })).toEqual([]),
);

it.each([
  [
    { roles: [{ group: 'ops', role: 'opertor' }] },
    'roles[0].role: expected one of the roles that there are: viewer, operator, admin, got "opertor"',
  ],
  [{ roles: [] }, 'roles: expected at least one group and its role, as else nobody could sign in'],
  [{ roles: undefined }, 'roles: expected a list of groups and roles'],
  [{ scopes: ['profile'] }, 'scopes: expected openid among them'],
  [{ scopes: ['openid', 'two words'] }, 'scopes[1]: expected a scope without spaces, got "two words"'],
  [{ clientId: '' }, 'clientId: expected the id of a client, got ""'],
  [
    { clientSecretEnv: 'OIDC_SECRET' },
    'clientSecretEnv: expected one of clientSecretFile and clientSecretEnv',
  ],
  [{ clientSecret: 'in the open' }, 'clientSecret: unknown key; did you mean clientSecretEnv?'],
  [
    { roles: [...right.roles, { group: 'ops', role: 'admin' }] },
    'roles: expected each group once, and "ops" is there twice',
  ],
])('a mistake is told with its place: %j', (mistake, line) => {
  const [told, ...more] = problemsOf({ ...right, ...mistake });
  expect([told?.slice(0, line.length), more]).toEqual([line, []]);
});
