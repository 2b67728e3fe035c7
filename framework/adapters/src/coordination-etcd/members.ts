import { Agent } from 'node:http';
import { Agent as AgentOfTls } from 'node:https';
import { type Clock, PomeloError, reasonOf } from '@pomelo-ts/common';
import { type Answer, ask, NoAnswer, type Question } from './exchange.js';

/** Settings of {@link Members}. */
export interface MembersOptions {
  readonly endpoints: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly tls?: EtcdTls;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What proves the members to us and us to the members, as PEM, for endpoints that begin with `https:`. */
export interface EtcdTls {
  /** Who has signed the members' certificates. @default the authorities that Node knows */
  readonly ca?: string;
  /** Our own certificate, for an etcd that asks for one, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

/** Codes of gRPC that an answer carries. */
export const grpcCode = { invalidArgument: 3, notFound: 5, unauthenticated: 16 } as const;

/** Codes that tell that asking again, or another member, gives nothing else. */
const refusals: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 11, 12, 16]);

/** etcd has answered, and the answer is no. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The members of one etcd cluster: asks the one that last answered, and another when it does not. What changes something
 * is asked a second time only when no member can have heard it: else whether it was done is not known.
 */
export class Members {
  readonly #options: MembersOptions;
  readonly #agents: { readonly http: Agent; readonly https: AgentOfTls };
  #turn = 0;
  #token: string | undefined;
  #closed = false;

  constructor(options: MembersOptions) {
    this.#options = options;
    const keepAlive = true;
    this.#agents = {
      http: new Agent({ keepAlive }),
      https: new AgentOfTls({ keepAlive, ...options.tls }),
    };
  }

  /** Names the cluster in errors. */
  get name(): string {
    return `etcd (${this.#options.endpoints.join(', ')})`;
  }

  /** The member that is asked first. */
  get endpoint(): string {
    const { endpoints } = this.#options;
    return endpoints[this.#turn % endpoints.length]!;
  }

  get count(): number {
    return this.#options.endpoints.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What proves who we are; undefined before the first question and for a cluster without users. */
  get token(): string | undefined {
    return this.#token;
  }

  /** What connections to a member are made by. */
  agentFor(endpoint: string): Agent {
    return endpoint.startsWith('https:') ? this.#agents.https : this.#agents.http;
  }

  /** Asks another member from now on, unless somebody has seen to that already. */
  leave(endpoint: string): void {
    if (this.endpoint === endpoint) this.#turn++;
  }

  /**
   * Asks the cluster; gives the parsed answer.
   *
   * @param repeatable whether it does no harm when it is done twice
   * @throws STORE_UNREACHABLE when no member answers; Refusal when one says no
   */
  async ask(path: string, body: object, repeatable: boolean): Promise<Record<string, unknown>> {
    const reasons: string[] = [];
    for (let left = this.count; left > 0; left--) {
      const { endpoint } = this;
      try {
        return await this.askMember(endpoint, path, body);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        reasons.push(error.message);
        this.leave(endpoint);
        if (error.sent && !repeatable) break;
      }
    }
    throw this.unreachable(reasons.join('; '));
  }

  /** Asks one member. @throws NoAnswer, Refusal; STORE_UNREACHABLE once closed */
  async askMember(endpoint: string, path: string, body: object): Promise<Record<string, unknown>> {
    if (this.#options.user !== undefined) this.#token ??= await this.#authenticate(endpoint);
    const token = this.#token;
    try {
      return await this.#exchange({ endpoint, path, body, token });
    } catch (error) {
      if (!(error instanceof Refusal) || !isTokenTooOld(error) || token === undefined) throw error;
      if (this.#token === token) this.#token = await this.#authenticate(endpoint);
      return this.#exchange({ endpoint, path, body, token: this.#token });
    }
  }

  unreachable(reason: string): PomeloError {
    return new PomeloError('STORE_UNREACHABLE', { store: this.name, reason });
  }

  close(): void {
    this.#closed = true;
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #authenticate(endpoint: string): Promise<string> {
    const { user: name, password = '' } = this.#options;
    const body = { name, password };
    const timeoutMs = this.#options.timeoutMs * signInPatience;
    const { token } = await this.#exchange({ endpoint, path: 'auth/authenticate', body }, timeoutMs);
    return String(token);
  }

  async #exchange(question: Question, timeoutMs = this.#options.timeoutMs): Promise<Record<string, unknown>> {
    if (this.#closed) throw this.unreachable('it was closed');
    const agent = this.agentFor(question.endpoint);
    try {
      return parse(await ask(question, agent, timeoutMs, this.#options.clock), question);
    } catch (error) {
      throw this.#closed ? this.unreachable('it was closed') : error;
    }
  }
}

/** How many times as long a sign-in may take as an answer: etcd hashes passwords slowly, on purpose. */
const signInPatience = 5;

/** A token ends by time, and with each change of users. */
function isTokenTooOld({ code, message }: Refusal): boolean {
  return (
    code === grpcCode.unauthenticated ||
    (code === grpcCode.invalidArgument && message.includes('revision of auth store is old'))
  );
}

/** Begins the answer of a member that has users, to a question with a certificate that has a name: it cannot tell which of the two counts. */
const namedCertificate = 'CommonName of client';

function parse({ status, text }: Answer, { endpoint }: Question): Record<string, unknown> {
  if (status === 400 && text.startsWith(namedCertificate)) {
    const reason =
      'where it has users, it takes no certificate of a client that has a name (CN): make one without, with /O=my-game for its subject say';
    throw new Refusal(grpcCode.invalidArgument, reason);
  }
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
    if (typeof value !== 'object' || value === null) throw new Error('what is no object');
  } catch (error) {
    throw new NoAnswer(endpoint, `it answers ${status} and ${reasonOf(error)}: is this an etcd?`, true);
  }
  if (status === 200) return value;
  const { code, message, error } = value;
  const reason = String(message ?? error);
  if (typeof code === 'number' && refusals.has(code)) throw new Refusal(code, reason);
  throw new NoAnswer(endpoint, reason, true);
}
