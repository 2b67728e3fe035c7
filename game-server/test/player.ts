import { expectPush, type PushMatch, type TestClient, type TestCluster } from '@pomelo-ts/core/testing';

/** Long enough for a busy machine; a test that passes never waits for it. */
const patience = { timeoutMs: 10_000 };

/** A player of the game, connected to a cluster inside the test. */
export class Player {
  readonly client: TestClient;

  private constructor(client: TestClient) {
    this.client = client;
  }

  /** Connects: through the gate, or to the connector of this id. */
  static async connect(cluster: TestCluster, name: string, server?: string): Promise<Player> {
    return new Player(
      await cluster.connectClient(server === undefined ? { throughGate: true, uid: name } : { server }),
    );
  }

  enter<Answer = { users: string[] }>(username: unknown, rid: unknown): Promise<Answer> {
    return this.client.request<Answer>('connector.entryHandler.enter', { username, rid });
  }

  say<Answer = { code: number }>(content: unknown, target: unknown = '*'): Promise<Answer> {
    return this.client.request<Answer>('chat.chatHandler.send', { content, target });
  }

  /** The first push of a route, and that matches, which nobody has taken yet; waits for it. */
  next<Body = unknown>(route: string, match?: PushMatch): Promise<Body> {
    return expectPush<Body>(this.client, route, match, patience);
  }

  /** How many pushes of a route have come and were not taken. */
  waiting(route: string): number {
    return this.client.pushes.waiting.filter((push) => push.route === route).length;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
