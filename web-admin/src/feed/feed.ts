import { signal } from '@preact/signals';
import type { LeaderThere } from '../api/answers.js';
import { ApiError, ask } from '../api/request.js';
import { masterChanged, session, signedOut } from '../session/session-store.js';
import { backOffMs, type FeedState } from './feed-state.js';

/** What somebody waits for of the feed. */
interface Call {
  readonly verb: string;
  readonly args: object;
  readonly progress: (event: unknown) => void;
  readonly answer: (answer: unknown) => void;
  readonly failed: (error: ApiError) => void;
  /** Whether it is asked for again at the next connection. */
  readonly lasting: boolean;
}

interface FeedMessage {
  readonly n: number;
  readonly progress?: unknown;
  readonly answer?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Codes that the server closes the feed with. */
const [sessionOver, notLeading] = [4401, 4503];
/** Views tell something each second: after so long of nothing the connection is dead, whatever the system says of it. It may take as long to open. */
const silentMs = 10_000;

/** How the connection is. */
export const feedState = signal<FeedState>({ kind: 'off' });

const calls = new Map<number, Call>();
let socket: WebSocket | undefined;
let lastNumber = 0;
let failures = 0;
let since = 0;
let heardAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let watchdog: ReturnType<typeof setInterval> | undefined;

/** Connects, and again whenever the connection is lost, until {@link endFeed}. */
export function beginFeed(): void {
  if (feedState.value.kind !== 'off') return;
  failures = 0;
  watchdog = setInterval(closeWhenSilent, 1000);
  void connect();
}

/** Leaves the feed: nobody is signed in any more. */
export function endFeed(): void {
  clearTimeout(timer);
  clearInterval(watchdog);
  leaveSocket();
  feedState.value = { kind: 'off' };
  failCalls();
}

/** Tries at once, as somebody wants it. */
export function retryNow(): void {
  if (feedState.value.kind !== 'lost' && feedState.value.kind !== 'not-leading') return;
  clearTimeout(timer);
  void connect();
}

/** Has something told as long as somebody wants it, over lost connections; the returned function ends it. */
export function watch(
  verb: string,
  args: object,
  told: { readonly progress: (event: never) => void; readonly failed: (error: ApiError) => void },
): () => void {
  const progress = told.progress as (event: unknown) => void;
  return begin({ verb, args, progress, failed: told.failed, answer: () => {}, lasting: true });
}

/** Has something told until it is over; when the connection is lost, it is; while there is none yet, it waits. The returned function ends it. */
export function follow(
  verb: string,
  args: object,
  told: {
    readonly progress: (event: never) => void;
    readonly answer: (answer: never) => void;
    readonly failed: (error: ApiError) => void;
  },
): () => void {
  const progress = told.progress as (event: unknown) => void;
  const answer = told.answer as (answer: unknown) => void;
  return begin({ verb, args, progress, answer, failed: told.failed, lasting: false });
}

/** Asks for something once. @throws ApiError FEED_LOST too */
export function askFeed<T>(verb: string, args: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const answer = (value: unknown) => resolve(value as T);
    begin({ verb, args, answer, failed: reject, progress: () => {}, lasting: false });
  });
}

function begin(call: Call): () => void {
  const n = ++lastNumber;
  // while it connects everything waits: a page that was just opened can be used at once
  if (!isOpen() && feedState.value.kind !== 'connecting' && !call.lasting) {
    call.failed(lost());
    return () => {};
  }
  calls.set(n, call);
  if (isOpen()) send({ n, verb: call.verb, args: call.args });
  return () => {
    if (calls.delete(n) && isOpen()) send({ n, cancel: true });
  };
}

const isOpen = (): boolean => feedState.value.kind === 'open';
const send = (message: object): void => socket?.send(JSON.stringify(message));
const lost = (): ApiError => new ApiError('FEED_LOST', 'the connection was lost', 0);

async function connect(): Promise<void> {
  feedState.value = { kind: 'connecting' };
  let ticket: string;
  try {
    ({ ticket } = await ask<{ ticket: string }>('POST', 'feed-ticket', {}, { unasked: true }));
  } catch (error) {
    // sessions are in the memory of a master: one that knows nothing of this one is another
    if (failures > 0 && error instanceof ApiError && error.code === 'NOT_SIGNED_IN') masterChanged();
    if (feedState.value.kind !== 'connecting') return; // ended meanwhile
    const stands = error instanceof ApiError && error.code === 'NOT_LEADING';
    retryLater(stands ? notLeading : 0, stands ? error.leader : undefined);
    return;
  }
  if (feedState.value.kind !== 'connecting') return;
  const url = new URL('/api/v1/feed', location.origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const opening = new WebSocket(url, ['pomelo-admin', `ticket.${ticket}`]);
  socket = opening;
  opening.onopen = opened;
  opening.onmessage = ({ data }) => heard(JSON.parse(String(data)) as FeedMessage);
  opening.onclose = ({ code }) => closed(code);
  // browsers themselves wait for minutes
  timer = setTimeout(() => closed(0), silentMs);
}

function opened(): void {
  clearTimeout(timer);
  failures = 0;
  heardAt = Date.now();
  feedState.value = { kind: 'open' };
  for (const [n, { verb, args }] of calls) send({ n, verb, args });
}

function heard({ n, progress, answer, error }: FeedMessage): void {
  heardAt = Date.now();
  const call = calls.get(n);
  if (!call) return; // of something that was ended meanwhile
  if (progress !== undefined) {
    call.progress(progress);
    return;
  }
  calls.delete(n);
  if (error) call.failed(new ApiError(error.code, error.message, 0));
  else call.answer(answer);
}

function closed(code: number): void {
  clearTimeout(timer);
  leaveSocket();
  if (code === sessionOver) {
    void learnWhy();
    return;
  }
  retryLater(code);
}

/** What is not asked for again is over with the connection. */
function failCalls(): void {
  for (const [n, call] of calls) {
    if (call.lasting) continue;
    calls.delete(n);
    call.failed(lost());
  }
}

/** Whoever is asked in the name of a session that is over says why. */
async function learnWhy(): Promise<void> {
  feedState.value = { kind: 'connecting' };
  try {
    await ask('GET', 'session', undefined, { unasked: true });
  } catch {
    // it has said so, or cannot be asked: in either case it is over
  }
  if (session.value) signedOut('NOT_SIGNED_IN');
}

function retryLater(code: number, leader?: LeaderThere): void {
  if (feedState.value.kind === 'off') return;
  if (failures === 0) since = Date.now();
  const inMs = backOffMs(failures++, Math.random);
  const retry = { since, retryAt: Date.now() + inMs };
  feedState.value =
    code === notLeading ? { kind: 'not-leading', ...retry, leader } : { kind: 'lost', ...retry };
  timer = setTimeout(() => void connect(), inMs);
  failCalls();
}

function closeWhenSilent(): void {
  const waited = [...calls.values()].some(({ verb }) => verb === 'views.watch');
  if (!isOpen() || !waited || Date.now() - heardAt < silentMs) return;
  closed(0);
}

/** What it does from now on concerns nobody. */
function leaveSocket(): void {
  if (!socket) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
  socket = undefined;
}
