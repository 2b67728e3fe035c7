import { type Condition, type Happening, happenedBetween } from '@pomelo-ts/views';

/** Most that is remembered, of all servers together. */
const mostHappenings = 1000;

/** Remembers what happened to servers, for marks under charts. */
export class Happenings {
  #before: ReadonlyMap<string, Condition> = new Map();
  #all: Happening[] = [];

  /** Takes how all servers are at `at`, in ms since 1970. */
  note(servers: readonly Condition[], at: number): void {
    const happened = servers.flatMap((server) => happenedBetween(this.#before.get(server.id), server, at));
    this.#before = new Map(servers.map((server) => [server.id, server]));
    if (happened.length > 0) this.#all = [...this.#all, ...happened].slice(-mostHappenings);
  }

  /** What has happened since a time, to one server or to all; oldest first. */
  since(at: number, id?: string): readonly Happening[] {
    return this.#all.filter((one) => one.at >= at && (id === undefined || one.id === id));
  }
}
