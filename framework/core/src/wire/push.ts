import { messageHeadBytes, messageType, writeMessageHead } from '@pomelo-ts/protocol';

/** How pushes look to the clients of one protocol. Made by {@link WireFormats.add}. */
export interface WireFormat<Frame> {
  /** Where a {@link Push} keeps its frame. */
  readonly number: number;
  encode(push: Push): Frame;
}

/** The formats of one frontend's clients, numbered as its acceptors are made. */
export class WireFormats {
  readonly #byName = new Map<string, WireFormat<unknown>>();

  /**
   * The format of this name: acceptors that speak the same share it, and so its frames. `encode` makes what all clients of that
   * protocol are sent of a push; it must copy the message, and what it gives must never be changed.
   */
  add<Frame>(name: string, encode: (push: Push) => Frame): WireFormat<Frame> {
    const known = this.#byName.get(name) ?? { number: this.#byName.size, encode };
    this.#byName.set(name, known);
    return known as WireFormat<Frame>;
  }
}

/** One push to any number of clients; made for one round of sending, as it does not own its body. */
export class Push {
  readonly route: string;
  /** What the message has in place of the route: that, or the code that stands for it. */
  readonly address: string | number;
  /** Bytes of the whole message, its head included. */
  readonly messageBytes: number;
  readonly #body: Buffer;
  readonly #start: number;
  readonly #end: number;
  /** Of the format that was asked for first: mostly there is no other. */
  #first: WireFormat<unknown> | undefined;
  #firstFrame: unknown;
  /** Those of others, by number of the format. */
  #frames: unknown[] | undefined;

  /** A push of the body `body[start..end)`, which is in the client's format; `code` stands for the route, if it has one. */
  constructor(route: string, code: number | undefined, body: Buffer, start: number, end: number) {
    this.route = route;
    this.address = code || route;
    this.messageBytes = messageHeadBytes(messageType.push, 0, this.address) + end - start;
    this.#body = body;
    this.#start = start;
    this.#end = end;
  }

  /** The body, in the client's format; valid only while the push is encoded. */
  get body(): Buffer {
    return this.#body.subarray(this.#start, this.#end);
  }

  /** What clients of this format are sent; made once, for the first of them. */
  frameIn<Frame>(format: WireFormat<Frame>): Frame {
    return (this.#first === format ? this.#firstFrame : this.#frameOf(format)) as Frame;
  }

  #frameOf(format: WireFormat<unknown>): unknown {
    if (this.#first === undefined) {
      this.#first = format;
      this.#firstFrame = format.encode(this);
      return this.#firstFrame;
    }
    this.#frames ??= [];
    this.#frames[format.number] ??= format.encode(this);
    return this.#frames[format.number];
  }

  /** Writes the message of {@link messageBytes} into `target` at `at`. */
  writeMessage(target: Buffer, at: number): void {
    const bodyAt = at + this.messageBytes - (this.#end - this.#start);
    writeMessageHead(target, at, messageType.push, 0, this.address);
    this.#body.copy(target, bodyAt, this.#start, this.#end);
  }
}
