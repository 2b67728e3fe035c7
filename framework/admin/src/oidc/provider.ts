import type { MasterSettings } from '@pomelo-ts/cluster';
import { type Clock, isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { AuthorizationServer, Client, ClientAuth, JsonValue, TokenEndpointResponse } from 'oauth4webapi';
import { boundedFetch } from './bounded-fetch.js';
import { clientSecretOf } from './client-secret.js';
import type { PendingSignIn } from './pending.js';

/** The `admin.oidc` section of the master's settings. */
export type OidcSettings = NonNullable<NonNullable<MasterSettings['admin']>['oidc']>;

type Protocol = typeof import('oauth4webapi');
type Claims = Readonly<Record<string, JsonValue | undefined>>;

/** What a {@link Provider} works with. */
export interface ProviderParts {
  readonly settings: OidcSettings;
  /** Root of the game: files of the settings are named from there. */
  readonly root: string;
  readonly clock: Clock;
  /** How long one answer may take, in ms. */
  readonly answerMs?: number;
}

/** Somebody whom the provider has proved. */
export interface Proved {
  /** What they are called there, by the claim that the settings name. */
  readonly subject: string;
  readonly groups: readonly string[];
  /** When they have proved there who they are, in ms since 1970; 0 where the provider does not tell. */
  readonly provedAt: number;
}

/** How long what a provider says of itself stands, in ms, and how long it is not asked again after it could not be. */
const [knownMs, failedMs] = [60 * 60_000, 1000];
/** How far the clocks of both may be apart, in s. */
const tolerance = 30;
/** Most groups of one person that are looked at. */
const mostGroups = 10_000;

interface Known {
  readonly server: Promise<AuthorizationServer>;
  readonly until: number;
}

/** The provider by which people sign in: all that is said to it and read of it. The library of the protocol is loaded with the first sign-in. */
export class Provider {
  readonly #parts: ProviderParts;
  #known: Known | undefined;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
  }

  /**
   * Where a browser is sent to sign in.
   *
   * @throws OIDC_UNREACHABLE, OIDC_REFUSED when the provider says nothing that makes sense, OIDC_SECRET_MISSING, SECRET_FILE_OPEN
   */
  async addressFor({ state, nonce, verifier, redirectUri, proves }: PendingSignIn): Promise<string> {
    const { clientId, scopes, acr } = this.#parts.settings;
    clientSecretOf({ root: this.#parts.root, ...this.#parts.settings }); // what would fail later is told before
    const protocol = await loadProtocol();
    const { authorization_endpoint: endpoint } = await this.#server(protocol);
    if (endpoint === undefined || !/^https?:$/.test(protocolOf(endpoint)))
      throw this.#refused('it names no authorization_endpoint');
    const url = new URL(endpoint);
    const asked = {
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: await protocol.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(acr.length > 0 && { acr_values: acr.join(' ') }),
      ...(proves && { prompt: 'login', max_age: '0' }),
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Who has signed in, by what the browser has brought back.
   *
   * @throws OIDC_UNREACHABLE, OIDC_REFUSED, OIDC_FACTOR, OIDC_SECRET_MISSING, SECRET_FILE_OPEN
   */
  async proved(answer: URLSearchParams, pending: PendingSignIn): Promise<Proved> {
    try {
      return await this.#proved(await loadProtocol(), answer, pending);
    } catch (error) {
      if (isPomeloError(error)) throw error;
      throw this.#refused(reasonOfProtocol(error), error);
    }
  }

  async #proved(protocol: Protocol, answer: URLSearchParams, pending: PendingSignIn): Promise<Proved> {
    const { settings, root } = this.#parts;
    const server = await this.#server(protocol);
    const client: Client = { client_id: settings.clientId, [protocol.clockTolerance]: tolerance };
    const how = this.#how(protocol);
    const given = protocol.validateAuthResponse(server, client, answer, pending.state);
    const secret = clientSecretOf({ root, ...settings });
    const { redirectUri, verifier, nonce: expectedNonce, proves, begun } = pending;
    const auth = authOf(protocol, server, secret);
    const response = await protocol.authorizationCodeGrantRequest(
      ...[server, client, auth, given, redirectUri, verifier, how],
    );
    const tokens = await protocol.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce,
      requireIdToken: true,
      // who proves again who they are has signed in since that began
      ...(proves && { maxAge: Math.ceil((this.#parts.clock.now() - begun) / 1000) }),
    });
    await protocol.validateApplicationLevelSignature(server, response, how);
    const claims = protocol.getValidatedIdTokenClaims(tokens)!;
    this.#requireFactor(claims);
    const all = await this.#withUserinfo(protocol, { server, client }, tokens, claims);
    const at = claims['auth_time'];
    const provedAt = typeof at === 'number' ? at * 1000 : 0;
    return { subject: this.#subjectOf(all), groups: groupsIn(all[settings.groupsClaim]), provedAt };
  }

  /** What the provider says of itself; those who ask at once wait for the same answer. */
  #server(protocol: Protocol): Promise<AuthorizationServer> {
    const now = this.#parts.clock.now();
    if (this.#known && this.#known.until > now) return this.#known.server;
    const server = this.#discover(protocol);
    this.#known = { server, until: now + knownMs };
    server.catch(() => {
      if (this.#known?.server === server) this.#known = { server, until: this.#parts.clock.now() + failedMs };
    });
    return server;
  }

  async #discover(protocol: Protocol): Promise<AuthorizationServer> {
    try {
      const issuer = new URL(this.#parts.settings.issuer);
      const response = await protocol.discoveryRequest(issuer, this.#how(protocol));
      const server = await protocol.processDiscoveryResponse(issuer, response);
      for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const)
        if (typeof server[name] !== 'string') throw this.#refused(`it names no ${name}`);
      return server;
    } catch (error) {
      if (isPomeloError(error)) throw error;
      throw this.#refused(`what it says of itself makes no sense: ${reasonOfProtocol(error)}`, error);
    }
  }

  #how(protocol: Protocol) {
    const { settings, answerMs } = this.#parts;
    const { issuer } = settings;
    return {
      [protocol.customFetch]: (url: string, init: object) =>
        boundedFetch(url, init as RequestInit, { issuer, ...(answerMs !== undefined && { answerMs }) }),
      [protocol.allowInsecureRequests]: issuer.startsWith('http:'),
    };
  }

  /** Many providers tell groups only where they are asked for with the token of access. */
  async #withUserinfo(
    protocol: Protocol,
    { server, client }: { readonly server: AuthorizationServer; readonly client: Client },
    { access_token: token }: TokenEndpointResponse,
    claims: Claims,
  ): Promise<Claims> {
    const { groupsClaim, nameClaim } = this.#parts.settings;
    const isWhole = [groupsClaim, nameClaim].every((claim) => Object.hasOwn(claims, claim));
    if (isWhole || server.userinfo_endpoint === undefined) return claims;
    const response = await protocol.userInfoRequest(server, client, token, this.#how(protocol));
    const more = await protocol.processUserInfoResponse(server, client, String(claims['sub']), response);
    return { ...more, ...claims };
  }

  /** @throws OIDC_FACTOR */
  #requireFactor(claims: Claims): void {
    const { acr, amr } = this.#parts.settings;
    const [level, methods] = [claims['acr'], [claims['amr']].flat()];
    const lacks = (claim: string, expected: readonly string[], got: unknown) =>
      new PomeloError('OIDC_FACTOR', {
        claim,
        expected: expected.join(' or '),
        got: JSON.stringify(got ?? 'nothing').slice(0, 100),
      });
    if (acr.length > 0 && !acr.some((one) => one === level)) throw lacks('acr', acr, level);
    if (amr.length > 0 && !amr.some((one) => methods.includes(one))) throw lacks('amr', amr, claims['amr']);
  }

  /** A name stands in logs and tables: letters that can be taken for others, or be seen by nobody, are in none. */
  #subjectOf(claims: Claims): string {
    const { nameClaim } = this.#parts.settings;
    const name = Object.hasOwn(claims, nameClaim) ? claims[nameClaim] : undefined;
    if (typeof name !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(name))
      throw this.#refused(`expected ${nameClaim} of 1 to 255 characters of ASCII without spaces`);
    if (nameClaim === 'email' && claims['email_verified'] !== true)
      throw this.#refused('it has not verified that the email is theirs (email_verified)');
    return name;
  }

  #refused(reason: string, cause?: unknown): Error {
    return new PomeloError('OIDC_REFUSED', { issuer: this.#parts.settings.issuer, reason }, { cause });
  }
}

/** Whoever has no provider configured loads none of it. */
const loadProtocol = (): Promise<Protocol> => import('oauth4webapi');

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : '');

function authOf(protocol: Protocol, server: AuthorizationServer, secret: string | undefined): ClientAuth {
  if (secret === undefined) return protocol.None();
  // in the header they are percent-encoded, which some providers do not expect
  const inBody = server.token_endpoint_auth_methods_supported?.includes('client_secret_post');
  return inBody ? protocol.ClientSecretPost(secret) : protocol.ClientSecretBasic(secret);
}

/** Groups are a list of texts, or one text. */
const groupsIn = (given: JsonValue | undefined): readonly string[] =>
  [given ?? []]
    .flat()
    .slice(0, mostGroups)
    .filter((one) => typeof one === 'string');

/** What the library says; where a provider names the error, its name, which is none of a person's words. */
function reasonOfProtocol(error: unknown): string {
  const named = (error as { readonly error?: unknown }).error;
  const reason = typeof named === 'string' ? `${reasonOf(error)}: ${named}` : reasonOf(error);
  return reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 300);
}
