import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  clientId,
  clientSecret,
  endless,
  hanging,
  OwnProvider,
} from '../../../../test/helpers/own-provider.js';
import { PendingSignIns } from '../../src/oidc/pending.js';
import { type OidcSettings, Provider } from '../../src/oidc/provider.js';

let there: OwnProvider;
let root: string;
let clock: FakeClock;

beforeAll(async () => {
  there = await OwnProvider.start();
  root = mkdtempSync(join(tmpdir(), 'oidc-'));
  writeFileSync(join(root, 'client.secret'), `${clientSecret}\n`, { mode: 0o600 });
});
afterAll(async () => {
  await there[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});
beforeEach(() => (clock = new FakeClock()));
afterEach(() => there.mend());

const settingsOf = (more: Partial<OidcSettings> = {}): OidcSettings => ({
  issuer: there.issuer,
  clientId,
  clientSecretFile: 'client.secret',
  scopes: ['openid'],
  groupsClaim: 'groups',
  nameClaim: 'sub',
  roles: [{ group: 'ops', role: 'operator' }],
  acr: [],
  amr: [],
  ...more,
});

const providerOf = (more: Partial<OidcSettings> = {}, answerMs = 10_000) =>
  new Provider({ settings: settingsOf(more), root, clock, answerMs });

const begin = (proves?: object) =>
  new PendingSignIns(clock).begin({
    redirectUri: 'https://admin.example/api/v1/oidc/callback',
    network: '192.0.2.0',
    ...(proves && { proves: proves as never }),
  }).pending;

const ann = { sub: 'ann', groups: ['ops', 'staff'] };

/** Signs somebody in, from beginning to end. */
async function signIn(provider = providerOf(), claims: object = ann, pending = begin()) {
  const address = await provider.addressFor(pending);
  return provider.proved(there.authorize(address, claims as never), pending);
}

const failure = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('a provider of OpenID Connect', () => {
  it('is asked by the code flow with PKCE, state and nonce', async () => {
    const pending = begin();
    const { searchParams } = new URL(await providerOf({ acr: ['gold'] }).addressFor(pending));
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: clientId,
      redirect_uri: pending.redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      acr_values: 'gold',
    });
    expect(searchParams.get('code_challenge')).not.toBe(pending.verifier);
  });

  it('proves who somebody is, and which groups they are in', async () => {
    expect(await signIn()).toEqual({ subject: 'ann', groups: ['ops', 'staff'], provedAt: 0 });
    const one = { sub: 'x', teams: 'ops', email: 'ann@example.org', email_verified: true };
    const byEmail = providerOf({ groupsClaim: 'teams', nameClaim: 'email' });
    expect(await signIn(byEmail, one)).toMatchObject({ subject: 'ann@example.org', groups: ['ops'] });
    expect(await signIn(providerOf(), { ...ann, auth_time: 1_700_000_000 })).toMatchObject({
      provedAt: 1_700_000_000_000,
    });
  });

  it('is asked for groups that its token does not have, and for those of nobody else', async () => {
    there.userinfo = { sub: 'ann', groups: ['ops'] };
    expect(await signIn(providerOf(), { sub: 'ann' })).toMatchObject({ subject: 'ann', groups: ['ops'] });
    there.userinfo = { sub: 'bob', groups: ['heads'] };
    await expect(signIn(providerOf(), { sub: 'ann' })).rejects.toEqual(failure('OIDC_REFUSED'));
  });

  it.each([
    ['a nonce of another sign-in', { nonce: 'another' }, /nonce/],
    ['no nonce', { nonce: undefined }, /nonce/],
    ['another audience', { aud: 'another-client' }, /aud/],
    ['several audiences, for another one of them', { aud: [clientId, 'b'], azp: 'b' }, /azp/],
    ['another issuer', { iss: 'https://elsewhere.example' }, /iss/],
    ['a time that is over', { exp: Math.floor(Date.now() / 1000) - 120 }, /exp/],
    ['no name', { sub: undefined }, /sub/],
    ['a name that can be taken for another one', { sub: 'аnn' }, /ASCII/],
    ['a name with a line break', { sub: 'ann\ncarl' }, /ASCII/],
  ])('is not believed with a token that has %s', async (_, claims, reason) => {
    there.mutate = (right) => ({ ...right, ...claims });
    await expect(signIn()).rejects.toEqual(failure('OIDC_REFUSED', reason));
  });

  it('is not believed with a token that nobody has signed, or somebody else', async () => {
    there.metadata = { id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'] };
    there.header = { alg: 'none' };
    await expect(signIn()).rejects.toEqual(failure('OIDC_REFUSED'));
    there.header = { alg: 'HS256' };
    await expect(signIn()).rejects.toEqual(failure('OIDC_REFUSED'));
    there.header = { alg: 'RS256', kid: 'one' };
    there.signsByStrangeKey = true;
    await expect(signIn()).rejects.toEqual(failure('OIDC_REFUSED', /signature/i));
  });

  it('takes a code once, and with the verifier of its own sign-in alone', async () => {
    const [provider, pending] = [providerOf(), begin()];
    const answer = there.authorize(await provider.addressFor(pending), ann);
    const other = begin();
    await provider.addressFor(other);
    const moved = new URLSearchParams({ ...Object.fromEntries(answer), state: other.state });
    await expect(provider.proved(moved, other)).rejects.toEqual(failure('OIDC_REFUSED', /invalid_grant/));
    await expect(provider.proved(answer, pending)).rejects.toEqual(failure('OIDC_REFUSED', /invalid_grant/));
  });

  it('may say no, or come from another provider than the one that was asked', async () => {
    const [provider, pending] = [providerOf(), begin()];
    const no = new URLSearchParams({ error: 'access_denied', state: pending.state });
    await expect(provider.proved(no, pending)).rejects.toEqual(failure('OIDC_REFUSED', /access_denied/));
    const mixed = new URLSearchParams({ code: 'c', state: pending.state, iss: 'https://elsewhere.example' });
    await expect(provider.proved(mixed, pending)).rejects.toEqual(failure('OIDC_REFUSED', /iss/));
  });

  it.each([['/.well-known/openid-configuration'], ['/token'], ['/jwks']])(
    'costs whoever waits no more than its time when it hangs or sends without end at %s',
    async (path) => {
      there.instead.set(path, hanging);
      await expect(signIn(providerOf({}, 1500))).rejects.toEqual(
        failure('OIDC_UNREACHABLE', /no whole answer in 1500 ms/),
      );
      there.instead.set(path, endless);
      await expect(signIn()).rejects.toEqual(failure('OIDC_UNREACHABLE', /more than 524288 bytes/));
      there.instead.set(path, (_, response) => response.writeHead(503).end());
      await expect(signIn()).rejects.toEqual(failure('OIDC_UNREACHABLE', /503/));
    },
  );

  it('that says nonsense of itself is told of, and asked again', async () => {
    const provider = providerOf();
    there.metadata = { issuer: 'https://elsewhere.example' };
    await expect(signIn(provider)).rejects.toEqual(failure('OIDC_REFUSED', /of itself/));
    there.mend();
    clock.pass(1000);
    expect(await signIn(provider)).toMatchObject({ subject: 'ann' });
  });

  it('is not followed to an address elsewhere without encryption', async () => {
    there.metadata = { token_endpoint: 'http://192.0.2.1/token' };
    await expect(signIn()).rejects.toEqual(failure('OIDC_UNREACHABLE', /https/));
    there.metadata = { authorization_endpoint: 'javascript:alert(1)' };
    await expect(providerOf().addressFor(begin())).rejects.toEqual(failure('OIDC_REFUSED'));
  });

  it('is asked once an hour what it says of itself, by however many at once', async () => {
    const provider = providerOf();
    there.requests.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => signIn(provider)));
    const discoveries = () => there.requests.filter((path) => path.startsWith('/.well-known')).length;
    expect([discoveries(), there.requests.filter((path) => path === '/token').length]).toEqual([1, 20]);
    clock.pass(60 * 60_000);
    await signIn(provider);
    expect(discoveries()).toBe(2);
  });

  it('has to have asked for as much as the settings want', async () => {
    const byMethod = providerOf({ amr: ['mfa', 'hwk'] });
    await expect(signIn(byMethod)).rejects.toEqual(failure('OIDC_FACTOR', /mfa or hwk, got "nothing"/));
    await expect(signIn(byMethod, { ...ann, amr: ['pwd'] })).rejects.toEqual(failure('OIDC_FACTOR'));
    expect(await signIn(byMethod, { ...ann, amr: ['pwd', 'hwk'] })).toMatchObject({ subject: 'ann' });
    const byLevel = providerOf({ acr: ['gold'] });
    await expect(signIn(byLevel, { ...ann, acr: 'silver' })).rejects.toEqual(failure('OIDC_FACTOR'));
    expect(await signIn(byLevel, { ...ann, acr: 'gold' })).toMatchObject({ subject: 'ann' });
  });

  it('has to have seen anew who proves again who they are', async () => {
    const provider = providerOf();
    const pending = begin({});
    expect(await provider.addressFor(pending)).toMatch(/prompt=login&max_age=0$/);
    const now = Math.floor(Date.now() / 1000);
    const provedAt = (auth_time?: number) => signIn(provider, { ...ann, auth_time }, begin({}));
    expect(await provedAt(now)).toMatchObject({ subject: 'ann' });
    await expect(provedAt(now - 60)).rejects.toEqual(failure('OIDC_REFUSED', /./));
    await expect(provedAt(undefined)).rejects.toEqual(failure('OIDC_REFUSED', /auth_time/));
  });

  it('is not asked without the secret of the client, which others may not read', async () => {
    const missing = providerOf({ clientSecretFile: 'nowhere' });
    await expect(missing.addressFor(begin())).rejects.toEqual(failure('OIDC_SECRET_MISSING', /nowhere/));
    writeFileSync(join(root, 'open.secret'), clientSecret, { mode: 0o644 });
    const open = providerOf({ clientSecretFile: 'open.secret' });
    await expect(open.addressFor(begin())).rejects.toEqual(failure('SECRET_FILE_OPEN'));
    const byVariable = { clientSecretFile: undefined, clientSecretEnv: 'POMELO_TEST_OIDC_SECRET' };
    await expect(providerOf(byVariable).addressFor(begin())).rejects.toEqual(failure('OIDC_SECRET_MISSING'));
    process.env['POMELO_TEST_OIDC_SECRET'] = clientSecret;
    expect(await signIn(providerOf(byVariable))).toMatchObject({ subject: 'ann' });
    delete process.env['POMELO_TEST_OIDC_SECRET'];
  });
});
