import { type Clock, type Logger, PomeloError, reasonOf, systemClock } from '@pomelo-ts/common';
import { Pace } from '@pomelo-ts/common/internal';
import type { Application } from '../../application.js';
import { inTime } from '../own-remotes.js';
import { shownJson } from './shown-json.js';

/** What a master asks of the things that the game lets operators look at. */
export interface AskedThings {
  /** @default all kinds */
  readonly kind?: string;
  /** What ids begin with. */
  readonly prefix: string;
  readonly limit: number;
}

/** Things of one kind, as many as there is room for. */
export interface ToldThings {
  readonly kind: string;
  readonly ids: readonly string[];
  /** How many there are, or, where there may be more, how many were found. */
  readonly total: number;
  /** Not all of them were gone through: there are too many, or the game gives them too slowly. */
  readonly more?: true;
  /** What the game has thrown. */
  readonly problem?: string;
}

/** What is shown of one thing, as JSON; what is too long is cut, and no JSON then. */
export type ToldThing =
  | { readonly found: false }
  | { readonly found: true; readonly json: string; readonly cut: boolean };

type Looked = Pick<Application, 'registrations'> & { readonly logger: Pick<Logger, 'error'> };

/** How long the ids of things are gone through without a pause, in ms. */
const mostMsAtOnce = 2;
/** How long they are gone through at all, in ms: whoever asks waits for 500. */
const listMs = 350;
/** Most ids that are gone through, of all kinds together. */
const mostIds = 200_000;
/** Ids beyond those that are wanted that are held before the last ones are let go. */
const heldBeyond = 1000;
/** Longest id that is told, in characters. */
export const longestThing = 256;
/** How long the game may take to show one thing, in ms. */
const showMs = 500;
/** Most of a thing that is shown, in characters of JSON. */
export const mostJson = 64 * 1024;

/** One goes through ids at a time, however many ask. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Things of the game that are here, by kind, in the order of their ids. A game may give ids without end, or throw: that costs its kind alone.
 *
 * @throws Error when others have looked for as long as this may wait
 */
export function thingsHere(
  app: Looked,
  asked: AskedThings,
): Promise<{ readonly kinds: readonly ToldThings[] }> {
  const end = performance.now() + listMs;
  const turn = last.then(() => goThrough(app, asked, end));
  last = turn.catch(() => {}); // told to whoever asked
  return turn;
}

async function goThrough(app: Looked, asked: AskedThings, end: number) {
  const { inspectors } = app.registrations;
  if (performance.now() >= end) throw new Error('others look at what there is');
  const wanted = inspectors.kinds.filter((one) => asked.kind === undefined || one === asked.kind);
  const pace = new Pace(mostMsAtOnce);
  const kinds: ToldThings[] = [];
  for (const [n, kind] of wanted.entries()) {
    const now = performance.now();
    const shares = wanted.length - n; // what one has no need of is for those after it
    const share = { pace, end: now + (end - now) / shares, left: Math.ceil(mostIds / wanted.length) };
    kinds.push(await thingsOf(kind, app, asked, share));
  }
  return { kinds };
}

/** How far the ids of one kind are gone through. */
interface Share {
  readonly pace: Pace;
  /** On the clock of the process, in ms. */
  readonly end: number;
  /** How many ids may yet be gone through. */
  left: number;
}

async function thingsOf(
  kind: string,
  { registrations: { inspectors }, logger }: Looked,
  { prefix, limit }: AskedThings,
  share: Share,
): Promise<ToldThings> {
  const found: string[] = [];
  let total = 0;
  let told: Pick<ToldThings, 'more' | 'problem'> = {};
  try {
    for (const id of inspectors.of(kind)!.ids()) {
      if (share.left-- <= 0 || performance.now() >= share.end) {
        told = { more: true };
        break;
      }
      if (typeof id === 'string' && id !== '' && id.startsWith(prefix)) {
        total += 1;
        if (id.length <= longestThing) found.push(id);
        if (found.length >= limit + heldBeyond) keepFirst(found, limit);
      }
      if (share.pace.due) await share.pace.rest();
    }
  } catch (error) {
    logger.error('The game could not tell what there is to be looked at.', { kind, error });
    told = { problem: reasonOf(error) };
  }
  keepFirst(found, limit);
  return { kind, ids: found, total, ...told };
}

function keepFirst(ids: string[], count: number): void {
  ids.sort();
  if (ids.length > count) ids.length = count;
}

/** What the game shows of one thing, without what it or its name says is secret. @throws Error what the game throws, or that it takes too long */
export async function thingHere(
  { registrations: { inspectors } }: Pick<Application, 'registrations'>,
  { kind, id }: { readonly kind: string; readonly id: string },
  clock: Clock = systemClock,
): Promise<ToldThing> {
  const inspector = inspectors.of(kind);
  const seen = inspector && (await inTime(async () => inspector.inspect(id), showMs, clock));
  if (seen === undefined) return { found: false };
  const invalid = (reason: string) =>
    new PomeloError('INSPECTOR_INVALID', { kind, reason: `what it shows of ${id} ${reason}` });
  const json = shownJson(seen, inspector!.redact ?? [], invalid);
  if (json === undefined) throw invalid('is no data');
  return { found: true, json: json.slice(0, mostJson), cut: json.length > mostJson };
}
