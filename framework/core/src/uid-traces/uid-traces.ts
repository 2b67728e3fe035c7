import type { Clock } from '@pomelo-ts/common';
import type { Uid } from '../session-names.js';
import { since, Trace } from './trace.js';
import type { TraceKind, TraceLine } from './trace-line.js';

/** A session, as far as traces know it. */
export interface TracedSession {
  readonly id: string;
  readonly uid: Uid | undefined;
}

/** Most traces of one server at once. */
const mostTraces = 20;
/** A trace that nobody has fetched for so long is over, in ms: who traces may be gone. */
const forgottenMs = 5000;
/** Longest body whose code is read, in bytes. */
const longestBody = 16_384;

/** Users that somebody traces: what happens to them on this server is noted, and fetched from here. */
export class UidTraces {
  /** Undefined while nobody is traced: all that others look at. */
  active: TracedUids | undefined;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #traces = new Map<
    string,
    { readonly trace: Trace; readonly uids: readonly Uid[]; stop: () => void }
  >();

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** What has come since the last time of the trace `id`, which begins with the first time. @throws Error when there are too many */
  fetch(id: string, uids: readonly Uid[]): { readonly lines: readonly TraceLine[]; readonly lost: number } {
    const known = this.#traces.get(id);
    if (!known && this.#traces.size >= mostTraces) throw new Error(`${mostTraces} traces are under way here`);
    const trace = known?.trace ?? new Trace();
    known?.stop();
    this.#traces.set(id, { trace, uids, stop: this.#clock.after(forgottenMs, () => this.end(id)) });
    if (!known) this.#renew();
    return trace.take();
  }

  end(id: string): void {
    this.#traces.get(id)?.stop();
    this.#traces.delete(id);
    this.#renew();
  }

  /** Ends all of them. */
  stop(): void {
    for (const id of [...this.#traces.keys()]) this.end(id);
  }

  #renew(): void {
    const byUid = new Map<Uid, Trace[]>();
    for (const { trace, uids } of this.#traces.values())
      for (const uid of uids) byUid.set(uid, [...(byUid.get(uid) ?? []), trace]);
    this.active = byUid.size > 0 ? new TracedUids(byUid) : undefined;
  }
}

/** The users that are traced now. */
export class TracedUids {
  readonly #byUid: ReadonlyMap<Uid, readonly Trace[]>;

  constructor(byUid: ReadonlyMap<Uid, readonly Trace[]>) {
    this.#byUid = byUid;
  }

  /** A message of a client has come; id 0 wants no answer. */
  received({ uid, id: session }: TracedSession, id: number, route: string, bytes: number): void {
    for (const trace of this.#of(uid)) {
      trace.note({ kind: id === 0 ? 'notify' : 'request', what: route, session, bytes });
      if (id !== 0) trace.begun(`${session} ${id}`, route);
    }
  }

  /** A request was answered with `bytes[start..end)`. A session that has got its uid meanwhile is traced from there on. */
  answered(
    { uid, id: session }: TracedSession,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    for (const trace of this.#of(uid)) {
      const settled = trace.settled(`${session} ${id}`);
      const code = codeIn(bytes, start, end);
      trace.note({
        ...{
          kind: 'answer',
          what: settled?.route ?? '(asked before the trace)',
          session,
          bytes: end - start,
        },
        ...(settled && { ms: settled.ms }),
        ...(code !== undefined && { code }),
      });
    }
  }

  /** A push was given to a session's link, which took it or not. */
  pushed({ uid, id: session }: TracedSession, route: string, bytes: number, taken: boolean): void {
    for (const trace of this.#of(uid))
      trace.note({ kind: taken ? 'push' : 'dropped', what: route, session, bytes });
  }

  /** A backend begins to work for a user; gives what is to be called with the class of the answer. */
  working({ uid, id: session }: TracedSession, route: string): ((code: string) => void) | undefined {
    const traces = this.#of(uid);
    if (traces.length === 0) return undefined;
    const begun = performance.now();
    return (code) => {
      for (const trace of traces) trace.note({ kind: 'work', what: route, session, code, ms: since(begun) });
    };
  }

  /** Something else has happened to a user. */
  happened(uid: Uid | undefined, kind: TraceKind, what: string, session?: string): void {
    for (const trace of this.#of(uid)) trace.note({ kind, what, ...(session !== undefined && { session }) });
  }

  #of(uid: Uid | undefined): readonly Trace[] {
    return (uid !== undefined && this.#byUid.get(uid)) || none;
  }
}

const none: readonly Trace[] = [];

/** The `code` of an answer that is JSON; undefined where there is none. */
function codeIn(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (bytes[start] !== 0x7b || end - start > longestBody) return undefined; // no object in JSON
  try {
    const { code } = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(),
    ) as {
      readonly code?: unknown;
    };
    return typeof code === 'number' || typeof code === 'string' ? String(code).slice(0, 50) : undefined;
  } catch {
    return undefined; // it only begins like one
  }
}
