import type { SocketEvents } from '@pomelo-ts/client';

/** The server's end of a connection in memory: the link that has it now. */
interface WireEnd {
  /** The client has sent bytes, cut anywhere. */
  take(bytes: Uint8Array): void;
  drop(reason: string): void;
  flush(): void;
}

/** What carries the connection of a client in memory. It outlives a link that is taken apart: another one goes on with it. */
export class MemoryWire {
  /** The client's end. */
  readonly events: SocketEvents;
  #end: WireEnd | undefined;
  /** What the client has sent while no link had it. */
  #unread: Uint8Array[] = [];
  #reads = true;
  #closed = false;

  constructor(events: SocketEvents) {
    this.events = events;
  }

  /** Whether the client reads. */
  get reads(): boolean {
    return this.#reads;
  }

  /** From now on `end` takes what the client sends; first what has come while nobody did. */
  heldBy(end: WireEnd): void {
    this.#end = end;
    for (const bytes of this.#unread.splice(0)) end.take(bytes);
    if (this.#closed) end.drop('disconnected');
  }

  /** What the client sends waits for the next one who has it. */
  letGo(): void {
    this.#end = undefined;
  }

  send(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.#end) this.#end.take(bytes);
    else this.#unread.push(bytes);
  }

  /** The client goes. */
  close(): void {
    this.#closed = true;
    this.#end?.drop('disconnected');
  }

  read(on: boolean): void {
    this.#reads = on;
    if (on) this.#end?.flush();
  }

  /** The server has ended it: nothing that the client sends is kept. */
  ended(reason = 'closed'): void {
    this.#closed = true;
    this.#unread = [];
    this.events.onClose(reason);
  }
}
