import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import { inOneLine, listOf, objectOf, textOf } from '../hosts/said.js';
import { apart, type SilentServer } from './channels.js';
import { type Pushes, wholeOf } from './pushes.js';

/** Longest kind and longest id of a thing, in characters. */
export const longestThing = 256;
/** Most of what the game has thrown that is told, in characters. */
const mostProblem = 10_000;
/** Most kinds of one server. */
const mostKinds = 50;
/** Most of a thing that is shown, in characters of JSON. */
const mostJson = 64 * 1024;
/** How long a server may take to show one thing, in ms: the game has half a second of it. */
const askMs = 1500;

/** Things of one kind that a server shows. */
export interface ThingsRow {
  readonly server: string;
  readonly kind: string;
  /** The first ones by id. */
  readonly ids: readonly string[];
  /** How many there are, or, where there may be more, how many were found. */
  readonly total: number;
  /** Not all were gone through: there are too many, or the game gives them too slowly. */
  readonly more?: true;
  /** What the game has thrown. */
  readonly problem?: string;
}

/** What is shown of one thing. */
export interface SeenThing {
  /** As the game shows it. */
  readonly state?: unknown;
  /** In place of the state: the begin of its JSON, as it is too long. */
  readonly cut?: string;
}

/** One thing of a server. */
export interface WantedThing {
  readonly server: string;
  readonly kind: string;
  readonly id: string;
}

/** What is looked for among the things that games show. */
export interface WantedThings {
  readonly kind?: string;
  readonly prefix: string;
  readonly limit: number;
}

/** Looks at what games let operators look at. */
export class Inspecting {
  readonly #hub: Pick<LinkHub, 'ask'>;
  readonly #pushes: Pick<Pushes, 'askAll'>;

  constructor(hub: Pick<LinkHub, 'ask'>, pushes: Pick<Pushes, 'askAll'>) {
    this.#hub = hub;
    this.#pushes = pushes;
  }

  /** What there is, by server and kind. */
  list(wanted: WantedThings) {
    return findThings(this.#pushes, wanted);
  }

  /** What a server shows of one thing. @throws THING_MISSING, SERVER_SILENT, SERVER_COMMAND_FAILED with what the game has thrown */
  show(thing: WantedThing): Promise<SeenThing> {
    return seeThing(this.#hub, thing);
  }
}

async function findThings(
  pushes: Pick<Pushes, 'askAll'>,
  wanted: WantedThings,
): Promise<{ readonly things: readonly ThingsRow[]; readonly silent: readonly SilentServer[] }> {
  const { told, silent } = apart(
    await pushes.askAll('things', wanted, (server, answer) => {
      const read = (one: unknown): ThingsRow => {
        const { kind, ids, total, more, problem } = objectOf(one);
        return {
          ...{ server, kind: textOf(kind, longestThing), total: wholeOf(total) },
          ids: listOf(ids, (id) => textOf(id, longestThing), wanted.limit),
          ...(more === true && { more }),
          ...(problem !== undefined && { problem: inOneLine(textOf(problem, mostProblem)) }),
        };
      };
      return listOf(objectOf(answer)['kinds'], read, mostKinds);
    }),
  );
  const isSaid = ({ total, more, problem }: ThingsRow) => total > 0 || more || problem !== undefined;
  return { things: told.flat().filter(isSaid), silent };
}

async function seeThing(hub: Pick<LinkHub, 'ask'>, { server, kind, id }: WantedThing): Promise<SeenThing> {
  const seen = await hub.ask(server, 'thing', { kind, id }, askMs, (answer): SeenThing | undefined => {
    const { found, json, cut } = objectOf(answer);
    if (found !== true) return undefined;
    const text = textOf(json, mostJson);
    return cut === true ? { cut: text } : { state: JSON.parse(text) as unknown };
  });
  if (!seen) throw new PomeloError('THING_MISSING', { serverId: server, kind, id });
  return seen;
}
