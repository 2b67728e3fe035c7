import type { ServerEntry } from '@pomelo-ts/cluster';
import {
  type LinkHub,
  type LogFilter,
  type LogPart,
  type LogRequest,
  lineMatcher,
  marksLines,
  mostAround,
  partBytes,
  partLines,
} from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError, reasonOf } from '@pomelo-ts/common';
import { Pace } from '@pomelo-ts/common/internal';
import { readServerLog } from '../processes/read-server-log.js';
import { LogTurns } from './log-turns.js';
import { readLogAnswer } from './server-answers.js';

/** How long a server may take to read its own log, in ms: one that is busy for longer may as well hang. */
const readMs = 2000;

/** How many more bytes lines may have than in their file: what is no UTF-8 there takes three bytes in an answer. */
const mostGrown = 2 * partBytes;

/** What {@link ServerLogs} work with. */
export interface LogParts {
  readonly hub: Pick<LinkHub, 'ask'>;
  readonly clock: Clock;
  readonly root: string;
  /** @throws SERVER_NOT_IN_TOPOLOGY */
  entryOf(id: string): ServerEntry;
  /** Reads the log of a server whose link is of no use, on its host. @throws LOG_MISSING */
  readOnHost(server: ServerEntry, request: LogRequest): Promise<LogPart>;
}

/** What a server answers when it is asked for its log: a part, or why there is none. */
export type LogAnswer = LogPart | { readonly missing: string };

/** Reads the logs of servers, and the master's own. */
export class ServerLogs {
  readonly #parts: LogParts;
  readonly #turns: LogTurns;

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.#turns = new LogTurns(parts.clock);
  }

  /**
   * A part of the log of a server, or of `master`: the server reads it itself; when it has no link or does not answer, the
   * file is read on its host.
   *
   * @param who asks: each has a share of those who may wait
   * @throws LOG_MISSING, LOG_BUSY, LOG_FILTER_INVALID, SERVER_NOT_IN_TOPOLOGY
   */
  async logOf(id: string, request: LogRequest, who: string): Promise<LogPart> {
    const { entryOf, root } = this.#parts;
    if (request.filter) await tryFilter(request.filter);
    if (id === 'master') return this.#turns.take(id, who, () => readServerLog(root, id, request));
    const server = entryOf(id);
    return this.#turns.take(id, who, () => this.#read(server, request));
  }

  async #read(server: ServerEntry, request: LogRequest): Promise<LogPart> {
    const { id } = server;
    const answer = await this.#ask(id, request);
    if (answer && 'missing' in answer)
      throw new PomeloError('LOG_MISSING', { serverId: id, reason: answer.missing });
    return await asked(request, answer ?? (await this.#parts.readOnHost(server, request)));
  }

  async #ask(id: string, request: LogRequest): Promise<LogAnswer | undefined> {
    try {
      return await this.#parts.hub.ask(id, 'log', request, readMs, readLogAnswer);
    } catch {
      return undefined; // it is down, hangs, or could not read: its file may tell why
    }
  }
}

/** What a server would not understand is told before it is asked. */
async function tryFilter(filter: LogFilter): Promise<void> {
  try {
    await lineMatcher(filter);
  } catch (error) {
    throw new PomeloError('LOG_FILTER_INVALID', { reason: reasonOf(error) });
  }
}

/** No more than was asked for: who has written a log, or reads it, may have been taken over, or be of a build that knows less of filters. */
async function asked(request: LogRequest, told: LogPart): Promise<LogPart> {
  const { filter } = request;
  const part = filter && !marked(filter, told) ? await filtered(told, filter) : told;
  const most = 'lines' in request && !filter?.around ? Math.min(request.lines, partLines) : mostWithAround;
  return lastOf(part, most);
}

/** Most lines of one answer, with those around. */
const mostWithAround = partLines + 2 * mostAround;

const marked = (filter: LogFilter, { marks }: LogPart): boolean => marks !== undefined && marksLines(filter);

async function filtered({ marks: _, lines, ...part }: LogPart, filter: LogFilter): Promise<LogPart> {
  const matches = await lineMatcher(filter);
  const turn = { pace: new Pace(), mostMs: readMs / 2, gaveUp: false };
  const kept: string[] = [];
  for (const line of lines) {
    if (turn.pace.due) await turn.pace.rest();
    if (await matches(line, turn)) kept.push(line);
  }
  return { ...part, lines: kept, ...(marksLines(filter) && { marks: 'F'.repeat(kept.length) }) };
}

/** The last lines of those for which one answer has room: a server of another build may tell more. */
function lastOf(part: LogPart, most: number): LogPart {
  const { lines, marks } = part;
  let [begin, bytes] = [lines.length, 0];
  while (begin > 0 && lines.length - begin < most) {
    bytes += Buffer.byteLength(lines[begin - 1]!) + 1;
    if (bytes > partBytes + mostGrown) break;
    begin -= 1;
  }
  return { ...part, lines: lines.slice(begin), ...(marks !== undefined && { marks: marks.slice(begin) }) };
}
