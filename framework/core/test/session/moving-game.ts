import { encodeMessage, encodeUtf8, messageType } from '@pomelo-ts/protocol';
import type { Application } from '../../src/application.js';
import { type ClientLink, Origin } from '../../src/client-link.js';
import type { FrontendSession } from '../../src/session/frontend-session.js';
import type { SessionLink } from '../../src/session/session-link.js';
import type { SessionTable } from '../../src/session/session-table.js';
import type { Session } from '../../src/session.js';
import type { Push } from '../../src/wire/push.js';
import { type RunningGame, type StartOptions, startGame } from '../running-game.js';

/* Players who change their frontend: as a connector that ends gives them to another one, but without sockets. */

/** A client's connection: notes what it gets, and closes when it is told to. */
class Connection implements ClientLink {
  readonly address = '192.0.2.7';
  readonly hostHeader = undefined;
  readonly localAddress = undefined;
  readonly queuedBytes = 0;
  held!: SessionLink;
  #open = true;
  readonly #player: Player;

  constructor(player: Player) {
    this.#player = player;
  }

  answer(messageId: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#open)
      this.#player.answered(messageId, JSON.parse(Buffer.from(bytes).toString('utf8', start, end)));
  }

  push(push: Push): boolean {
    if (this.#open) this.#player.pushes.push(JSON.parse(push.body.toString()).text as string);
    return this.#open;
  }

  kick(reason: string): void {
    this.drop(reason);
  }

  drop(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.held.linkClosed(reason);
  }
}

/** One player, with the session that goes along. */
export class Player {
  readonly pushes: string[] = [];
  /** Server id of the frontend that holds the session. */
  at: string;
  readonly id: string;
  readonly #game: RunningGame;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #link: Connection;
  #lastMessage = 0;

  constructor(game: RunningGame, at: string) {
    this.#game = game;
    this.at = at;
    this.#link = new Connection(this);
    this.#link.held = this.#table.open(this.#link, someOrigin());
    this.id = this.session.id;
  }

  /** What the frontend has of it. */
  get session(): FrontendSession {
    return this.#link.held.session;
  }

  request(route: string, msg: object = {}): Promise<unknown> {
    const messageId = ++this.#lastMessage;
    const answer = new Promise((resolve) => this.#waiting.set(messageId, resolve));
    const body = encodeUtf8(JSON.stringify(msg));
    const bytes = Buffer.from(encodeMessage(messageType.request, messageId, route, body));
    this.#link.held.receive(bytes, 0, bytes.length);
    return answer;
  }

  answered(messageId: number, answer: unknown): void {
    this.#waiting.get(messageId)?.(answer);
    this.#waiting.delete(messageId);
  }

  /** Moves to another frontend. `between` is called when that has the session, and before the former one says that it has gone. */
  move(to: string, between: () => void = () => {}): void {
    const former = this.#table;
    const { session } = this;
    const moved = former.leaving(session);
    if (!moved) throw new Error(`${this.id} cannot move now`);
    this.at = to;
    this.#link = new Connection(this);
    // As it would travel between two processes.
    this.#link.held = this.#table.take(structuredClone(moved), this.#link, someOrigin());
    between();
    former.moved(session, to);
  }

  leave(reason = 'gone'): void {
    this.#link.drop(reason);
  }

  get #table(): SessionTable {
    return this.#game.app(this.at).sessions.local!;
  }
}

function someOrigin(): Origin {
  return new Origin('192.0.2.7', '192.0.2.7', () => {});
}

/** Ends of sessions, as the servers of a game hear of them: `server id reason`. */
export type Ends = string[];

const room = (app: Application) => ({
  see: (_msg: unknown, session: Session) => ({
    id: session.id,
    frontend: session.frontendId,
    uid: session.uid ?? null,
    score: session.get('score') ?? null,
  }),
  bind: async ({ uid }: { uid: string }, session: Session) => {
    await session.bind(uid);
    return {};
  },
  join: (_msg: unknown, session: Session) => ({ added: app.channels.create('room').add(session) }),
  keep: (_msg: unknown, session: Session) => {
    kept.set(`${app.serverId} ${session.id}`, session);
    return {};
  },
});

/** Sessions that handlers have kept, by server and id. */
export const kept = new Map<string, Session>();

/** A game of frontends and one backend, in memory. */
export async function startMovingGame(
  frontends: readonly string[],
  options: StartOptions = {},
  session: object = {},
): Promise<{ game: RunningGame; ends: Ends }> {
  const ends: Ends = [];
  const game = await startGame(
    {
      servers: {
        connector: frontends.map((id) => ({ id, frontend: true })),
        chat: [{ id: 'chat-1' }],
      },
      settings: { session, client: { dictionary: false } },
      handlers: { connector: { room }, chat: { room } },
      app: (app) => app.onSessionClosed(({ id }, reason) => ends.push(`${app.serverId} ${id} ${reason}`)),
    },
    options,
  );
  return { game, ends };
}
