import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The client that the admin is known as, and its secret. */
export const [clientId, clientSecret] = ['pomelo-admin', 'a secret that only both know'];

/** Somebody who has signed in at the provider, as its ID token tells it. */
type Claims = Readonly<Record<string, unknown>>;

/** What is asked for by an address that a browser was sent to. */
interface Asked {
  readonly state: string;
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What the provider answers in place of what it should. */
type Answers = (request: IncomingMessage, response: ServerResponse) => void;

/** Sends without an end, for as long as somebody reads. */
export const endless: Answers = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
  };
  response.on('drain', more);
  more();
};

/** Answers nothing. */
export const hanging: Answers = () => {};

/** A small provider of OpenID Connect, which does what tests want of it: its tokens are signed by keys of Node. */
export class OwnProvider implements AsyncDisposable {
  readonly issuer: string;
  /** Requests so far, by path. */
  readonly requests: string[] = [];
  /** Makes another ID token of the one that is right. */
  mutate: (claims: Claims) => Claims = (claims) => claims;
  /** Header of the token. @default signed by RS256 */
  header: { readonly alg: string; readonly kid?: string } = { alg: 'RS256', kid: 'one' };
  /** By path: what it answers instead. */
  readonly instead = new Map<string, Answers>();
  /** Changes what it says of itself. */
  metadata: object = {};
  userinfo: object = {};
  readonly #server: Server;
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #strange = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #codes = new Map<string, { readonly asked: Asked; readonly claims: Claims }>();
  /** Whether tokens are signed by a key that it does not publish. */
  signsByStrangeKey = false;

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.#answer(request, response));
  }

  static async start(): Promise<OwnProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OwnProvider(server);
  }

  /** Signs somebody in who was sent here: gives what the browser brings back. */
  authorize(address: string, claims: Claims): URLSearchParams {
    const { searchParams } = new URL(address);
    const text = (name: string) => searchParams.get(name) ?? '';
    const asked = {
      ...{ state: text('state'), nonce: text('nonce') },
      ...{ challenge: text('code_challenge'), redirectUri: text('redirect_uri') },
    };
    const code = randomUUID();
    this.#codes.set(code, { asked, claims });
    return new URLSearchParams({ code, state: asked.state, iss: this.issuer });
  }

  /** As it was at first. */
  mend(): void {
    this.instead.clear();
    Object.assign(this, { metadata: {}, userinfo: {}, signsByStrangeKey: false });
    this.mutate = (claims) => claims;
    this.header = { alg: 'RS256', kid: 'one' };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', this.issuer);
    this.requests.push(pathname);
    const instead = this.instead.get(pathname);
    if (instead) {
      instead(request, response);
      return;
    }
    if (pathname === '/.well-known/openid-configuration') json(response, 200, this.#metadata());
    else if (pathname === '/jwks') json(response, 200, { keys: [jwkOf(this.#keys.publicKey)] });
    else if (pathname === '/userinfo') json(response, 200, this.userinfo);
    else if (pathname === '/token') void this.#token(request, response);
    else json(response, 404, {});
  }

  #metadata(): object {
    const { issuer } = this;
    return {
      ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
      ...{ jwks_uri: `${issuer}/jwks`, userinfo_endpoint: `${issuer}/userinfo` },
      ...this.metadata,
    };
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const one of request) text += String(one);
    const body = new URLSearchParams(text);
    const known = this.#codes.get(body.get('code') ?? '');
    this.#codes.delete(body.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    const basic = Buffer.from(
      request.headers.authorization?.replace(/^Basic /, '') ?? '',
      'base64',
    ).toString();
    const client = basic.split(':').map(decodeURIComponent);
    if (client.join() !== `${clientId},${clientSecret}`.replaceAll(' ', '+'))
      return json(response, 401, { error: 'invalid_client' });
    const isRight =
      known?.asked.challenge === challenge && known.asked.redirectUri === body.get('redirect_uri');
    if (!known || !isRight) return json(response, 400, { error: 'invalid_grant' });
    const id_token = this.#signed(this.mutate(this.#claimsOf(known.asked, known.claims)));
    json(response, 200, { access_token: 'access', token_type: 'Bearer', expires_in: 60, id_token });
  }

  #claimsOf({ nonce }: Asked, claims: Claims): Claims {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.issuer, aud: clientId, iat: now, exp: now + 60, nonce, ...claims };
  }

  #signed(claims: Claims): string {
    const text = `${part(this.header)}.${part(claims)}`;
    if (this.header.alg === 'none') return `${text}.`;
    const { privateKey } = this.signsByStrangeKey ? this.#strange : this.#keys;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const jwkOf = (key: KeyObject): object => ({
  ...key.export({ format: 'jwk' }),
  kid: 'one',
  use: 'sig',
  alg: 'RS256',
});

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
